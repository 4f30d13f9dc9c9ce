"""A site with second factors, and somebody whose browser has an authenticator."""

import pytest

from auth_service.development.mongod import free_port
from tests.support.api import PASSWORD
from tests.support.applications import services_of
from tests.support.browser.site import Site
from tests.support.browser.tabs import EMAIL
from tests.support.factors.apps import KEY
from tests.support.factors.browser import HONEST


@pytest.fixture(scope="session")
def shared_factor_site(app_with):
    """The service with second factors, at the origin that its passkeys are made for."""
    port = free_port()
    variables = {"APP_ENV": "development", "PAGES": "true", "DATA_KEY": KEY}
    with Site(app_with(**variables, PUBLIC_URL=f"http://localhost:{port}"), port=port) as site:
        yield site


@pytest.fixture
def site(app, shared_factor_site, database):
    shared_factor_site.reset()
    for name in ("factors", "recovery_codes", "used_challenges", "login_delays"):
        database[name].delete_many({})
    return shared_factor_site


@pytest.fixture
def person(app, visit):
    """A user at the page of their account, with an authenticator in the browser."""
    services_of(app).registration.register(email=EMAIL, password=PASSWORD)
    visitor = visit()
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": HONEST})
    visitor.chosen = lambda can: devtools.send(
        "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": added["authenticatorId"], "enabled": can}
    )
    visitor.chosen(False)
    yield visitor.logged_in(EMAIL).open("/account/factors")
    devtools.send("WebAuthn.disable")
    devtools.detach()
