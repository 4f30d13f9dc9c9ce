"""An application that sends mail, and what arrives."""

import pytest

from tests.support.api import Api
from tests.support.mail.mailbox import emptied
from tests.support.mail.resets import Forgetful


@pytest.fixture(scope="session")
def shared_mail_app(app_with, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mails")
    return app_with(MAIL_URL=f"file:{folder}", MAIL_FROM="Example <no-reply@example.com>"), folder


@pytest.fixture
def mail_app(app, shared_mail_app):
    """`app` with mail, which goes into a folder."""
    return shared_mail_app[0]


@pytest.fixture(scope="session")
def verifying(app_with, tmp_path_factory):
    """An application whose registrations need a code, and the folder of its mails."""
    folder = tmp_path_factory.mktemp("registrations")
    return app_with(REGISTER_VERIFY="true", MAIL_URL=f"file:{folder}", MAIL_FROM="no-reply@example.com"), folder


@pytest.fixture
def mailbox(mail_app, shared_mail_app):
    """What arrives from `mail_app`; `deliver` sends what waits."""
    return emptied(*shared_mail_app)


@pytest.fixture
def owner(mail_app):
    """The owner of an account, logged in."""
    return Api(mail_app).registered("owner@example.com").logged_in()


@pytest.fixture
def forgetful(mail_app, owner):
    """The same person in another browser, where nobody is logged in."""
    return Forgetful(mail_app).called(owner.email)


@pytest.fixture
def mailed_code(forgetful, mailbox):
    """A code for the owner."""
    assert forgetful.ask().status_code == 202
    return mailbox.code()


@pytest.fixture
def new_mail_api(mail_app):
    """Makes browsers of `mail_app`."""
    return lambda: Api(mail_app)


@pytest.fixture
def mail_user(new_mail_api):
    """A client of `mail_app`, logged in as a plain user."""
    return new_mail_api().registered("user@example.com").logged_in()
