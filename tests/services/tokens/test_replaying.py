"""What it means that a used refresh token comes again: a lost race, or theft."""

import jwt
import pytest

from tests.support.api import cookie_attributes
from tests.support.errors import code


def replay(new_api, token):
    """Another browser that sends `token`, and what it gets."""
    browser = new_api()
    browser.refresh_token = token
    return browser.refresh()


def test_a_replay_within_the_window_lost_a_race_and_the_session_lives(user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=14)
    lost = replay(new_api, used)
    assert code(lost) == (401, "refresh_superseded")
    assert user.verify().status_code == 204
    assert user.refresh().status_code == 200


def test_the_answer_to_a_lost_race_does_not_touch_the_cookie(user, new_api):
    used = user.refresh_token
    user.refresh()
    assert replay(new_api, used).headers.getlist("Set-Cookie") == []


def test_a_replay_past_the_window_is_theft_and_ends_the_session_in_that_step(user, new_api, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    assert code(replay(new_api, used)) == (401, "refresh_reused")
    assert code(user.verify()) == (401, "reused_token")
    assert code(user.refresh()) == (401, "reused_token")
    assert database.sessions.find_one()["reason"] == "reused_token"


def test_only_the_answer_that_detects_the_theft_says_so(user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    assert code(replay(new_api, used)) == (401, "refresh_reused")
    assert code(replay(new_api, used)) == (401, "reused_token")


def test_theft_leaves_the_users_other_sessions_alone(user, new_api, clock):
    other = new_api().called(user.email).logged_in()
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    assert code(replay(new_api, used)) == (401, "refresh_reused")
    assert other.verify().status_code == 204
    assert other.refresh().status_code == 200


def test_theft_is_in_the_audit_trail_once(user, new_api, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    replay(new_api, used)
    replay(new_api, used)
    assert database.audit_events.count_documents({"type": "refresh_reused"}) == 1
    assert database.audit_events.count_documents({"type": "session_ended", "reason": "reused_token"}) == 1


def test_the_window_is_fixed_from_the_first_use_and_does_not_slide(user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    for _ in range(2):
        clock.advance(seconds=7)
        assert code(replay(new_api, used)) == (401, "refresh_superseded")
    clock.advance(seconds=2)
    assert code(replay(new_api, used)) == (401, "refresh_reused")


def test_the_window_is_measured_in_milliseconds(user, new_api, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.freeze(database.sessions.find_one()["rotatedAt"][0])
    clock.advance(seconds=15)
    assert code(replay(new_api, used)) == (401, "refresh_superseded")
    clock.advance(milliseconds=1)
    assert code(replay(new_api, used)) == (401, "refresh_reused")


def test_three_rotations_within_one_second_and_a_replay_of_the_first_past_the_window_is_theft(user, new_api, clock):
    clock.freeze()
    first = user.refresh_token
    for _ in range(3):
        clock.advance(milliseconds=300)
        assert user.refresh().status_code == 200
    clock.advance(milliseconds=15_001)
    assert code(replay(new_api, first)) == (401, "refresh_reused")


def test_rotations_in_the_same_second_make_different_tokens(user, clock):
    clock.freeze()
    tokens = {user.refresh_token}
    for _ in range(5):
        user.refresh()
        tokens.add(user.refresh_token)
    assert len(tokens) == 6


@pytest.mark.parametrize("how", ["logout", "delete", "idle"])
def test_a_used_token_of_a_session_that_has_ended_gets_the_reason_it_ended_for(how, user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    if how == "logout":
        user.logout()
    elif how == "delete":
        user.delete(f"/users/{user.user_id}")
    else:
        clock.advance(days=14, seconds=1)
    expected = {"logout": "logout", "delete": "invalid_token", "idle": "idle"}[how]
    assert code(replay(new_api, used)) == (401, expected)


def test_a_token_with_padding_is_no_token_and_changes_nothing(user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    assert code(replay(new_api, used + "=")) == (401, "invalid_token")
    assert user.verify().status_code == 204


def test_a_genuine_token_that_was_never_stored_shows_that_the_chain_has_forked(user, new_api, app):
    claims = jwt.decode(user.refresh_token, options={"verify_signature": False})
    forged = jwt.encode({**claims, "jti": "0" * 32}, app.config["JWT_SECRET_KEY"], algorithm="HS256")
    assert code(replay(new_api, forged)) == (401, "refresh_reused")
    assert code(user.refresh()) == (401, "reused_token")


def test_any_token_a_session_ever_had_ends_it_at_logout(user, new_api, clock):
    used = user.refresh_token
    user.refresh()
    clock.advance(minutes=1)
    browser = new_api()
    browser.refresh_token = used
    assert browser.logout().status_code == 200
    assert code(user.verify()) == (401, "reused_token")


def test_login_with_a_stolen_cookie_ends_the_thiefs_session(user, new_api, clock):
    thief = new_api()
    thief.refresh_token = user.refresh_token
    assert thief.refresh().status_code == 200
    clock.advance(seconds=16)
    assert user.login().status_code == 200
    assert code(thief.verify()) == (401, "reused_token")
    assert user.verify().status_code == 204


def test_a_refresh_hands_out_a_cookie_that_ends_with_its_token(user, clock):
    attributes = cookie_attributes(user.refresh())
    claims = jwt.decode(attributes["value"], options={"verify_signature": False})
    assert int(attributes["max-age"]) <= claims["exp"] - claims["iat"]
