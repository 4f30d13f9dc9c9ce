"""An application that sends mail, and what arrives."""

import pytest

from tests.support.mail.mailbox import Mailbox


@pytest.fixture(scope="session")
def shared_mail_app(app_with, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mails")
    return app_with(MAIL_URL=f"file:{folder}", MAIL_FROM="Example <no-reply@example.com>"), folder


@pytest.fixture
def mail_app(app, shared_mail_app):
    """`app` with mail, which goes into a folder."""
    return shared_mail_app[0]


@pytest.fixture
def mailbox(mail_app, shared_mail_app):
    """What arrives from `mail_app`; `deliver` sends what waits."""
    for path in shared_mail_app[1].glob("*"):
        path.unlink()
    return Mailbox(*shared_mail_app)
