"""POST /auth/refresh"""

from datetime import timedelta

import pytest

from auth_service.services.tokens.claims import digest
from tests.support.api import cookie_attributes


def contents(database):
    return {name: list(database[name].find()) for name in ("users", "sessions")}


# what it answers


def test_refreshing_answers_a_new_access_token_and_a_new_cookie(user):
    access, refresh = user.access_token, user.refresh_token
    response = user.refresh()
    assert (response.status_code, response.json["message"]) == (200, "Token refreshed")
    assert set(response.json) == {"message", "accessToken"}
    assert response.json["accessToken"] != access
    assert cookie_attributes(response)["value"] not in ("", refresh)


def test_the_new_cookie_has_the_attributes_of_the_first(api):
    first, second = cookie_attributes(api.registered().login()), cookie_attributes(api.refresh())
    for cookie in (first, second):
        assert int(cookie.pop("max-age")) <= timedelta(days=14).total_seconds()
        cookie.pop("value")
        cookie.pop("expires", None)
    assert first == second


def test_the_session_stays_the_same(user):
    before = user.session_id
    user.refresh()
    assert user.session_id == before


def test_the_new_access_token_works_and_the_older_one_still_does(user):
    older = user.access_token
    user.refresh()
    assert user.profile().status_code == 200
    assert user.profile(headers={"Authorization": f"Bearer {older}"}).status_code == 200


def test_refreshing_needs_no_access_token(user):
    assert user.http.post("/auth/refresh").status_code == 200


def test_refreshing_works_again_and_again(user):
    tokens = {user.refresh_token}
    for _ in range(5):
        assert user.refresh().status_code == 200
        tokens.add(user.refresh_token)
    assert len(tokens) == 6


def test_refreshing_slides_the_session(user, clock):
    before = user.profile().json["session"]["expiresAt"]
    clock.advance(hours=1)
    user.refresh()
    assert user.profile().json["session"]["expiresAt"] > before


def test_an_admin_stays_admin_after_refreshing(admin):
    admin.refresh()
    assert admin.get("/users").status_code == 200


# a token works once


def test_a_used_token_is_401(user):
    used = user.refresh_token
    user.refresh()
    user.refresh_token = used
    response = user.refresh()
    assert (response.status_code, response.json["code"]) == (401, "refresh_superseded")


def test_a_replay_changes_nothing_else(user, database):
    used = user.refresh_token
    user.refresh()
    current, before = user.refresh_token, contents(database)
    user.refresh_token = used
    response = user.refresh()
    assert "Set-Cookie" not in response.headers  # it would wipe the successor in the browser that lost a race
    assert contents(database) == before
    user.refresh_token = current
    assert user.refresh().status_code == 200


def test_the_session_keeps_the_time_of_its_rotation(user, database):
    user.refresh()
    session = database.sessions.find_one()
    assert (session["generation"], session["rotatedAt"]) == (1, [session["lastSeenAt"]])
    assert session["refreshHash"] == digest(user.refresh_token)


# what is refused


def test_refreshing_without_a_cookie_is_401(api):
    response = api.refresh()
    assert (response.status_code, response.json["code"]) == (401, "token_missing")


def test_refreshing_after_logout_says_so(user):
    token = user.refresh_token
    user.logout()
    user.refresh_token = token
    response = user.refresh()
    assert (response.status_code, response.json["code"]) == (401, "logout")


def test_refreshing_a_deleted_users_session_is_401(user):
    token = user.refresh_token
    user.delete(f"/users/{user.user_id}")
    user.refresh_token = token
    response = user.refresh()
    assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_a_genuine_token_that_was_never_stored_is_401_and_ends_the_session(user, database):
    database.sessions.update_one({}, {"$set": {"refreshHash": digest("another")}})
    response = user.refresh()
    assert (response.status_code, response.json["code"]) == (401, "refresh_reused")
    assert user.verify().json["code"] == "reused_token"


def test_a_refused_refresh_does_not_slide_the_session(user, database):
    used = user.refresh_token
    user.refresh()
    before = database.sessions.find_one()
    user.refresh_token = used
    user.refresh()
    assert database.sessions.find_one() == before


@pytest.mark.parametrize("body", [b"{}", b"", b"garbage"])
def test_the_body_of_a_refresh_does_not_matter(user, body):
    assert user.refresh(data=body, content_type="application/json").status_code == 200
