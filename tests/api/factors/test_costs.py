"""What second factors cost the database."""

import pytest

from tests.support.commands import recorded_commands
from tests.support.factors.apps import KEY, FactorApi
from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN

SECOND_STEP = [
    ("findAndModify", "users"),
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
    for name in ("used_challenges", "login_delays", "rate_limits"):
        database[name].delete_many({})
    return FactorApi(shared_protected_app, clock).registered().logged_in()


def cost(call, status=200):
    with recorded_commands() as commands:
        response = call()
        assert response.status_code == status, response.json
    return commands


def test_a_second_step_by_a_code_sends_six_commands(protected):
    protected.enrol()
    protected.forget_cookie()
    ticket, code = protected.ticket(), protected.next_code()
    assert cost(lambda: protected.second_step(ticket, code=code)) == SECOND_STEP


def test_a_second_step_by_a_passkey_sends_six_commands(protected):
    authenticator = Authenticator(ORIGIN)
    protected.add_passkey(authenticator.create(protected.creation_options()))
    protected.forget_cookie()
    ticket = protected.ticket()
    answer = authenticator.get(protected.ticket_options(ticket))
    assert cost(lambda: protected.second_step(ticket, passkey=answer)) == SECOND_STEP


def test_a_second_step_by_a_recovery_code_also_tells_its_user(protected):
    protected.enrol()
    protected.forget_cookie()
    ticket, code = protected.ticket(), protected.recovery_codes[0]
    commands = cost(lambda: protected.second_step(ticket, recoveryCode=code))
    assert [each for each in commands if each not in SECOND_STEP] == []
    assert len(commands) == len(SECOND_STEP) + 1, "the event that a code was used"


def test_a_login_by_passkey_sends_fewer_than_one_by_password(protected):
    authenticator = Authenticator(ORIGIN)
    protected.add_passkey(authenticator.create(protected.creation_options()))
    protected.forget_cookie()
    answer = authenticator.get(protected.login_options())
    commands = cost(lambda: protected.passkey_login(answer))
    assert len(commands) == 8, commands


def test_whether_a_session_owes_costs_nothing(protected):
    assert cost(protected.verify, 204) == [("findAndModify", "sessions")]
