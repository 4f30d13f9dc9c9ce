"""Ending sessions: one, all others, all, somebody else's as an admin, and the one a new login replaces."""

import pytest

from tests.support.api import cookie_attributes


@pytest.fixture
def stranger(new_api):
    return new_api().registered("other@example.com").logged_in()


def refused_for(response, reason):
    return (response.status_code, response.json["code"]) == (401, reason)


def lives(api):
    return api.verify().status_code == 204


def clears_cookie(response):
    cookie = cookie_attributes(response)
    return cookie is not None and (cookie["value"], cookie["max-age"], cookie["path"]) == ("", "0", "/auth")


# one


def test_an_ended_session_is_refused_on_the_next_request(user, another):
    other = another()
    response = user.delete(f"/sessions/{other.session_id}")
    assert (response.status_code, response.json) == (200, {"message": "Session ended"})
    assert refused_for(other.verify(), "revoked_by_user")
    assert lives(user)


def test_a_refresh_of_an_ended_session_answers_the_reason(user, another):
    other = another()
    user.delete(f"/sessions/{other.session_id}")
    assert refused_for(other.refresh(), "revoked_by_user")
    assert refused_for(other.refresh(), "revoked_by_user")


def test_ending_another_session_leaves_the_callers_cookie_alone(user, another):
    response = user.delete(f"/sessions/{another().session_id}")
    assert cookie_attributes(response) is None
    assert user.refresh().status_code == 200


def test_ending_ones_own_session_clears_the_cookie(user, another):
    other = another()
    response = user.delete(f"/sessions/{user.session_id}")
    assert response.status_code == 200
    assert clears_cookie(response)
    assert user.refresh_token is None
    assert refused_for(user.verify(), "revoked_by_user")
    assert lives(other)


def test_another_users_session_is_not_found_and_lives_on(user, stranger, database):
    session_id = stranger.session_id
    before = database.sessions.find_one({"sessionId": session_id}), database.audit_events.count_documents({})
    response = user.delete(f"/sessions/{session_id}")
    assert (response.status_code, response.json["code"]) == (404, "session_not_found")
    after = database.sessions.find_one({"sessionId": session_id}), database.audit_events.count_documents({})
    assert after == before
    assert lives(stranger)


def test_not_even_an_admin_ends_anothers_session_by_its_id(admin, user):
    assert admin.delete(f"/sessions/{user.session_id}").json["code"] == "session_not_found"
    assert lives(user)


def test_an_ended_session_is_not_found_and_keeps_its_first_reason(user, another, database):
    other = another()
    session_id = other.session_id
    other.logout()
    before = database.sessions.find_one({"sessionId": session_id})
    assert user.delete(f"/sessions/{session_id}").json["code"] == "session_not_found"
    assert database.sessions.find_one({"sessionId": session_id}) == before
    assert before["reason"] == "logout"


def test_a_session_that_ran_out_is_not_found_and_stays_idle(user, another, clock):
    other = another()
    session_id = other.session_id
    clock.advance(days=14, seconds=1)
    user.login()
    assert user.delete(f"/sessions/{session_id}").json["code"] == "session_not_found"
    assert refused_for(other.refresh(), "idle")


# all


def test_all_other_sessions_end_and_the_callers_goes_on(user, another, stranger):
    others = [another(), another()]
    response = user.delete("/sessions")
    assert (response.status_code, response.json) == (200, {"message": "Sessions ended", "ended": 2})
    assert cookie_attributes(response) is None
    assert all(refused_for(other.verify(), "revoked_by_user") for other in others)
    assert all(refused_for(other.refresh(), "revoked_by_user") for other in others)
    assert lives(user)
    assert user.refresh().status_code == 200
    assert lives(stranger)


def test_ending_all_others_when_there_are_none_ends_none(user):
    assert user.delete("/sessions").json["ended"] == 0
    assert lives(user)


def test_with_all_the_callers_session_ends_too_and_the_cookie_goes(user, another, stranger):
    other = another()
    response = user.delete("/sessions?all=true")
    assert (response.status_code, response.json["ended"]) == (200, 2)
    assert clears_cookie(response)
    assert refused_for(user.verify(), "revoked_by_user")
    assert refused_for(other.verify(), "revoked_by_user")
    assert lives(stranger)


def test_all_false_is_the_default(user, another):
    other = another()
    assert user.delete("/sessions?all=false").status_code == 200
    assert lives(user)
    assert not lives(other)


@pytest.mark.parametrize(
    "query", ["all=1", "all=yes", "all=", "all=TRUE", "all=0", "all=on", "all=tru", "everything=true"]
)
def test_any_other_query_is_refused_and_ends_nothing(user, another, query):
    other = another()
    response = user.delete(f"/sessions?{query}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert query.partition("=")[0] in response.json["errors"]
    assert lives(user)
    assert lives(other)


# anybody's, as an admin


def test_an_admin_ends_all_sessions_of_a_user(admin, user, another, stranger):
    other = another()
    response = admin.delete(f"/users/{user.user_id}/sessions")
    assert (response.status_code, response.json) == (200, {"message": "Sessions ended", "ended": 2})
    assert cookie_attributes(response) is None
    for ended in (user, other):
        assert refused_for(ended.verify(), "revoked_by_admin")
        assert refused_for(ended.refresh(), "revoked_by_admin")
    assert lives(admin)
    assert lives(stranger)


def test_a_user_whose_sessions_an_admin_ended_can_log_in_again(admin, user):
    admin.delete(f"/users/{user.user_id}/sessions")
    assert user.login().status_code == 200
    assert lives(user)


def test_an_admin_who_ends_their_own_sessions_loses_the_cookie(admin):
    response = admin.delete(f"/users/{admin.user_id}/sessions")
    assert clears_cookie(response)
    assert refused_for(admin.verify(), "revoked_by_admin")


def test_a_plain_user_may_not_end_sessions_by_user_id(user, stranger):
    for user_id in (stranger.user_id, user.user_id):
        response = user.delete(f"/users/{user_id}/sessions")
        assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert lives(stranger)
    assert lives(user)


# by logging in again


def test_a_login_ends_the_session_of_the_cookie_it_came_with(user, copy_of, another):
    before, other = copy_of(user), another()
    assert user.login().status_code == 200
    assert refused_for(before.verify(), "logout")
    assert refused_for(before.refresh(), "logout")
    assert lives(user)
    assert lives(other)


def test_a_login_with_a_cookie_used_within_the_window_ends_its_session_as_a_logout(user, copy_of):
    before = copy_of(user)
    assert user.refresh().status_code == 200
    assert before.login(user.email).status_code == 200
    assert refused_for(user.verify(), "logout")


def test_a_login_with_a_cookie_used_past_the_window_shows_the_theft(user, copy_of, clock, database):
    owner, thief = copy_of(user), user
    assert thief.refresh().status_code == 200
    clock.advance(seconds=16)
    assert owner.login(user.email).status_code == 200
    assert refused_for(thief.verify(), "reused_token")
    assert refused_for(thief.refresh(), "reused_token")
    assert lives(owner)
    assert database.audit_events.count_documents({"type": "refresh_reused"}) == 1


@pytest.mark.parametrize("seconds", [0, 16])
def test_a_login_leaves_the_session_of_anothers_cookie_alone(user, stranger, new_api, clock, seconds):
    browser = new_api()
    browser.refresh_token = stranger.refresh_token
    if seconds:
        stranger.refresh()
        clock.advance(seconds=seconds)
    assert browser.login(user.email).status_code == 200
    assert lives(stranger)
    assert stranger.refresh().status_code == 200


def test_a_failed_login_leaves_the_session_of_its_cookie_alone(user, database):
    before = database.sessions.find_one()
    response = user.login(password="not the right one")
    assert response.status_code == 401
    assert cookie_attributes(response) is None
    assert database.sessions.find_one() == before
    assert lives(user)
    assert user.refresh().status_code == 200


@pytest.mark.parametrize("cookie", ["", "nonsense", "a.b.c", "x" * 3000, "%ff%fe", "\u00fc"])
def test_a_login_with_a_cookie_that_was_never_given_ends_nothing(user, new_api, cookie):
    browser = new_api()
    browser.refresh_token = cookie
    assert browser.login(user.email).status_code == 200
    assert lives(user)
