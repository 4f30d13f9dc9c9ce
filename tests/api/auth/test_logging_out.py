"""POST /auth/logout"""

from datetime import timedelta

import pytest

from tests.support.api import cookie_attributes


def assert_logged_out(response):
    assert (response.status_code, response.json) == (200, {"message": "user logged out."})


def ended(database):
    """The reasons of the sessions that have ended."""
    return [session["reason"] for session in database.sessions.find({"endedAt": {"$ne": None}})]


# what it does


def test_logout_ends_the_session_on_the_next_request(user):
    assert_logged_out(user.logout())
    response = user.profile()
    assert (response.status_code, response.json["code"]) == (401, "logout")


def test_logout_marks_the_session_with_time_and_reason(user, database):
    user.logout()
    session = database.sessions.find_one()
    assert (session["reason"], session["endedAt"] >= session["lastSeenAt"]) == ("logout", True)


def test_logout_leaves_the_other_sessions_of_the_user_alone(user, new_api):
    other = new_api().called(user.email).logged_in()
    user.logout()
    assert other.profile().status_code == 200
    assert other.refresh().status_code == 200


def test_logout_clears_the_cookie_with_the_attributes_it_was_given(api):
    given, cleared = cookie_attributes(api.registered().login()), cookie_attributes(api.logout())
    assert (cleared["value"], cleared["max-age"]) == ("", "0")
    for name in ("httponly", "secure", "samesite", "path", "domain"):
        assert cleared.get(name) == given.get(name)


# what may name the session


def test_the_cookie_alone_ends_its_session(user, database):
    assert_logged_out(user.http.post("/auth/logout"))
    assert ended(database) == ["logout"]


def test_the_bearer_token_alone_ends_its_session(user, database):
    user.forget_cookie()
    assert_logged_out(user.logout())
    assert ended(database) == ["logout"]


def test_an_expired_access_token_still_ends_its_session(user, clock, database):
    user.forget_cookie()
    clock.advance(minutes=6)
    assert_logged_out(user.logout())
    assert ended(database) == ["logout"]


def test_a_used_refresh_token_ends_its_session(user, database):
    used = user.refresh_token
    user.refresh()
    user.refresh_token = used
    assert_logged_out(user.http.post("/auth/logout"))
    assert ended(database) == ["logout"]


def test_an_expired_refresh_token_ends_a_session_that_lives(user, clock, database):
    database.sessions.update_one({}, {"$set": {"expiresAt": clock.now() + timedelta(days=20)}})
    clock.advance(days=15)
    assert_logged_out(user.http.post("/auth/logout"))
    assert ended(database) == ["logout"]


def test_cookie_and_bearer_of_different_sessions_end_both(user, new_api, database):
    other = new_api().called(user.email).logged_in()
    user.refresh_token = other.refresh_token
    assert_logged_out(user.logout())
    assert ended(database) == ["logout", "logout"]


# what changes nothing


def test_logging_out_twice_is_fine_and_keeps_the_first_time(user, database, clock):
    token = user.refresh_token
    user.logout()
    before = database.sessions.find_one()
    clock.advance(minutes=1)
    user.refresh_token = token
    assert_logged_out(user.logout())
    assert database.sessions.find_one() == before


def test_a_logout_that_finds_no_token_has_a_line_in_the_log_and_another_has_none(user, caplog):
    with caplog.at_level("INFO", logger="auth_service.services.login.logout"):
        user.logout()
        assert caplog.messages == []
        assert_logged_out(user.http.post("/auth/logout"))
    assert caplog.messages == ["a logout presented no token and ended no session"]


def test_logging_out_with_nothing_is_fine_and_clears_the_cookie(api):
    response = api.logout()
    assert_logged_out(response)
    assert cookie_attributes(response)["max-age"] == "0"


@pytest.mark.parametrize("token", ["x", "a.b.c", "=" * 500, "\xff\xfe", "\xed\xa0\x80", "%00", "x" * 8000])
def test_a_cookie_that_is_no_token_ends_nothing(user, database, token):
    browser = user.http.application.test_client(use_cookies=False)
    assert_logged_out(browser.post("/auth/logout", headers={"Cookie": f"refreshToken={token}"}))
    assert ended(database) == []


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "", "Bearer \xff"])
def test_a_header_that_is_no_token_ends_nothing(user, database, authorization):
    user.forget_cookie()
    assert_logged_out(user.logout(headers={"Authorization": authorization}))
    assert ended(database) == []


def test_a_refresh_token_as_bearer_ends_nothing(user, database):
    token = user.refresh_token
    user.forget_cookie()
    assert_logged_out(user.logout(headers={"Authorization": f"Bearer {token}"}))
    assert ended(database) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"garbage"])
def test_the_body_of_a_logout_does_not_matter(user, body):
    assert_logged_out(user.logout(data=body, content_type="application/json"))
