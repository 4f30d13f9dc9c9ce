"""What second factors cost the database."""

import pytest

from tests.support.commands import recorded_commands
from tests.support.factors.apps import KEY, FactorApi
from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN

OPENING = [
    ("update", "users"),
    ("find", "sessions"),
    ("insert", "sessions"),
    ("commitTransaction", 1),
    ("insert", "audit_events"),
]


@pytest.fixture(scope="session")
def shared_protected_app(app_with):
    protections = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true"}
    return app_with(DATA_KEY=KEY, PUBLIC_URL=ORIGIN, **protections)


@pytest.fixture
def protected(app, shared_protected_app, clock, database):
    """A user of a service with all protections on, who logged in from this browser."""
    for name in ("factors", "recovery_codes", "used_challenges", "login_delays", "rate_limits"):
        database[name].delete_many({})
    return FactorApi(shared_protected_app, clock).registered().logged_in()


def cost(call, status=200):
    with recorded_commands() as commands:
        response = call()
        assert response.status_code == status, response.json
    return commands


def test_a_second_step_sends_six_commands_beside_those_that_open_a_session(protected):
    protected.enrol()
    protected.forget_cookie()
    ticket, code = protected.ticket(), protected.next_code()
    commands = cost(lambda: protected.second_step(ticket, code=code))
    beside = [command for command in commands if command not in OPENING]
    assert len(commands) == len(OPENING) + len(beside) == 11, commands
    assert beside == [
        ("findAndModify", "rate_limits"),
        ("find", "users"),
        ("findAndModify", "login_delays"),
        ("find", "factors"),
        ("update", "factors"),
        ("delete", "login_delays"),
    ]


def test_a_login_by_passkey_sends_fewer_than_one_by_password(protected):
    authenticator = Authenticator(ORIGIN)
    protected.add_passkey(authenticator.create(protected.creation_options()))
    protected.forget_cookie()
    answer = authenticator.get(protected.login_options())
    commands = cost(lambda: protected.passkey_login(answer))
    assert len(commands) == 12, commands


def test_whether_a_session_owes_costs_nothing(protected):
    assert cost(protected.verify, 204) == [("findAndModify", "sessions")]
