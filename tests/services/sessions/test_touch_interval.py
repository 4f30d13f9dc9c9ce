"""`SESSION_TOUCH_INTERVAL`: busy installations write less, and what ended is refused at once all the same."""

import pytest

from tests.support.api import Api
from tests.support.commands import recorded_commands

READ, SLIDE = ("find", "sessions"), ("findAndModify", "sessions")


@pytest.fixture
def rarely_sliding(app, app_with):
    """Opens browsers of one user on an application that slides a session once a minute."""
    built = app_with(SESSION_TOUCH_INTERVAL="1m", SESSION_EXPIRES_IN="10m")
    Api(built).registered()
    return lambda: Api(built).logged_in()


def commands_of(call, status=204):
    with recorded_commands() as commands:
        assert call().status_code == status
    return list(commands)


def test_by_default_every_request_slides_in_one_command(user, database, clock):
    for _ in range(3):
        clock.advance(milliseconds=500)
        before = database.sessions.find_one()
        assert commands_of(user.verify) == [SLIDE]
        after = database.sessions.find_one()
        assert after["lastSeenAt"] > before["lastSeenAt"]
        assert after["expiresAt"] > before["expiresAt"]


def test_within_the_interval_a_request_only_reads(rarely_sliding, database, clock):
    api = rarely_sliding()
    before = database.sessions.find_one()
    for _ in range(3):
        clock.advance(seconds=15)
        assert commands_of(api.verify) == [READ]
    assert database.sessions.find_one() == before


def test_after_the_interval_a_request_slides(rarely_sliding, database, clock):
    api = rarely_sliding()
    before = database.sessions.find_one()
    clock.advance(seconds=61)
    assert SLIDE in commands_of(api.verify)
    after = database.sessions.find_one()
    assert after["lastSeenAt"] > before["lastSeenAt"]
    assert after["expiresAt"] - after["lastSeenAt"] == before["expiresAt"] - before["lastSeenAt"]
    assert commands_of(api.verify) == [READ]


def test_a_session_in_steady_use_does_not_run_idle(rarely_sliding, clock):
    api = rarely_sliding()
    for _ in range(4):
        assert api.refresh().status_code == 200
        for _ in range(8):
            clock.advance(seconds=30)
            assert api.verify().status_code == 204


def test_a_session_that_ended_is_refused_at_once(rarely_sliding):
    api, other = rarely_sliding(), rarely_sliding()
    assert other.verify().status_code == 204
    api.delete("/sessions")
    response = other.verify()
    assert (response.status_code, response.json["code"]) == (401, "revoked_by_user")


def test_a_role_that_changed_counts_at_once(rarely_sliding, services):
    api = rarely_sliding()
    assert api.get("/users").status_code == 403
    services.roles.change_role(user_id=api.user_id, role="admin")
    assert api.get("/users").status_code == 200


def test_a_login_and_a_refresh_slide_within_the_interval_too(rarely_sliding, database, clock):
    api = rarely_sliding()
    clock.advance(seconds=5)
    before = database.sessions.find_one()
    assert api.refresh().status_code == 200
    assert database.sessions.find_one()["lastSeenAt"] > before["lastSeenAt"]
