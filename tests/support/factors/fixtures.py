"""An application that has second factors and passkeys, and mail about them."""

import pytest

from tests.support.factors.apps import KEY, FactorApi
from tests.support.factors.authenticator import Authenticator
from tests.support.mail.mailbox import emptied

ORIGIN = "https://auth.example.com"


@pytest.fixture(scope="session")
def shared_factor_app(app_with, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mails_about_factors")
    mail = {"MAIL_URL": f"file:{folder}", "MAIL_FROM": "Example <no-reply@example.com>"}
    return app_with(DATA_KEY=KEY, PUBLIC_URL=ORIGIN, JWT_ACCESS_EXPIRES_IN="1d", **mail), folder


@pytest.fixture
def factor_app(app, shared_factor_app, database):
    """`app` with second factors and passkeys, for pages at `ORIGIN`."""
    for name in ("used_challenges", "login_delays"):
        database[name].delete_many({})
    return shared_factor_app[0]


@pytest.fixture
def factor_mailbox(factor_app, shared_factor_app):
    """What arrives from `factor_app`."""
    return emptied(*shared_factor_app)


@pytest.fixture
def member(factor_app, clock):
    """A user who has no second factor yet, logged in."""
    return FactorApi(factor_app, clock).registered().logged_in()


@pytest.fixture
def holder(member):
    """A user with an authenticator app."""
    member.enrol()
    return member


@pytest.fixture
def browser_of(factor_app, clock):
    """Makes another browser of a user, not logged in."""
    return lambda user: user.copy(FactorApi(factor_app, clock))


@pytest.fixture
def authenticator():
    """Of the member's laptop."""
    return Authenticator(ORIGIN)


@pytest.fixture
def passkey_user(member, authenticator):
    """A user with a passkey in `authenticator`."""
    response = member.add_passkey(authenticator.create(member.creation_options()))
    assert response.status_code == 201, response.json
    return member
