"""One browser for each worker, and the service on a port of its own, in this process."""

import pytest

from tests.support.applications import services_of
from tests.support.browser.browsers import Browsers, emptied
from tests.support.browser.site import Site
from tests.support.browser.tabs import EMAIL, Tabs
from tests.support.factors.apps import KEY


@pytest.fixture(scope="session")
def shared_context(browser):
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def context(shared_context):
    """A browser of its own, which a policy of the page cannot keep from the tests' scripts."""
    yield shared_context
    emptied(shared_context)


@pytest.fixture(scope="session")
def site_with(app_with):
    """Makes a site with environment variables of its own."""

    def make(**variables):
        return Site(app_with(**{"APP_ENV": "development", "PAGES": "true", "DATA_KEY": KEY, **variables}))

    return make


@pytest.fixture(scope="session")
def shared_site(site_with):
    with site_with() as site:
        yield site


@pytest.fixture
def site(app, shared_site):
    """The service on an empty database."""
    shared_site.reset()
    return shared_site


@pytest.fixture
def account(app):
    """An account to log in to."""
    return services_of(app).registration.register(email=EMAIL, password="correct horse battery")


@pytest.fixture
def tabs(context, site, account):
    """The tabs of a browser whose user is not logged in yet."""
    return Tabs(context, site)


@pytest.fixture(scope="session")
def browsers(browser):
    return Browsers(browser)


@pytest.fixture
def visit(browsers, site):
    """Opens the pages as they are, with their policy, in a browser of its own."""
    yield lambda language="en": browsers.visitor(language, site)
    browsers.clean()
