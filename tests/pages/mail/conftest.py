"""A site that sends mail into a folder, and somebody who reads it."""

import pytest

from tests.support.browser.people import ADA, ADMIN, populate
from tests.support.mail.mailbox import Mailbox

SENDER = "Example <no-reply@example.com>"


@pytest.fixture(scope="session")
def mails(tmp_path_factory):
    """The folder."""
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="session")
def mail_site_with(site_with, mails):
    """Makes a site that sends mail, with environment variables of its own."""
    return lambda **variables: site_with(MAIL_URL=f"file:{mails}", MAIL_FROM=SENDER, **variables)


@pytest.fixture(scope="session")
def shared_mail_site(mail_site_with):
    with mail_site_with(CONFIRM_DANGEROUS="true", REGISTER_VERIFY="true") as site:
        yield site


@pytest.fixture
def site(app, shared_mail_site):
    shared_mail_site.reset()
    return shared_mail_site


@pytest.fixture
def mailbox(site, mails):
    """What arrives from the site, from now on."""
    return Mailbox(site.app, mails)


@pytest.fixture
def ada(visit, app, mailbox):
    """Somebody who is logged in and has opened no page yet, and has no mail that waits."""
    populate(app, sessions=2)
    visitor = visit().logged_in(ADA)
    mailbox.deliver()
    return visitor


@pytest.fixture
def admin(visit, app, mailbox):
    populate(app, sessions=1)
    visitor = visit().logged_in(ADMIN).open("/admin")
    mailbox.deliver()
    return visitor
