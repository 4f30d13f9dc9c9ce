"""`POST /profile/password`: whoever was in by the old password is out, but for the one who changed it."""

import pytest

from tests.support.api import PASSWORD, cookie_attributes

NEW = "a wholly different one"


def change(api, current=PASSWORD, new=NEW, **options):
    return api.post("/profile/password", json={"currentPassword": current, "newPassword": new}, **options)


def stored(database):
    """All that a refused change must leave as it is: the caller's session is seen in any case."""
    sessions = database.sessions.find({}, {"lastSeenAt": 0, "expiresAt": 0})
    return [*database.users.find(), *sessions]


def test_it_answers_with_an_access_token_and_a_new_cookie(user, database):
    before = user.refresh_token
    response = change(user)
    assert (response.status_code, response.json["message"]) == (200, "Password changed")
    assert set(response.json) == {"message", "accessToken"}
    cookie = cookie_attributes(response)
    assert cookie["value"] not in ("", before)
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/auth", "Strict", True, True)


def test_the_new_tokens_go_on_with_the_same_session(user):
    session_id = user.session_id
    user.access_token = change(user).json["accessToken"]
    assert user.session_id == session_id
    assert user.refresh().status_code == 200
    assert user.session_id == session_id


def test_the_new_password_logs_in_and_the_old_one_does_not(user, new_api):
    assert change(user).status_code == 200
    response = new_api().login(user.email, PASSWORD)
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")
    assert new_api().login(user.email, NEW).status_code == 200


def test_the_old_refresh_token_of_this_session_is_refused(user, copy_of):
    old = copy_of(user)
    change(user)
    response = old.refresh()
    assert (response.status_code, response.json["code"]) == (401, "refresh_superseded")
    assert user.refresh().status_code == 200


def test_the_old_refresh_token_past_the_window_is_theft(user, copy_of, clock):
    old = copy_of(user)
    change(user)
    clock.advance(seconds=16)
    assert old.refresh().json["code"] == "refresh_reused"
    assert user.refresh().json["code"] == "reused_token"


def test_all_other_sessions_end(user, another, new_api, database):
    others = [another(), another()]
    stranger = new_api().registered("other@example.com").logged_in()
    change(user)
    for other in others:
        for response in (other.verify(), other.refresh()):
            assert (response.status_code, response.json["code"]) == (401, "password_changed")
    assert user.verify().status_code == stranger.verify().status_code == 204
    assert database.sessions.count_documents({"reason": "password_changed"}) == 2


def test_it_is_written_down_with_the_sessions_it_ended(user, another, database):
    ended = another().session_id
    response = change(user)
    events = list(database.audit_events.find({"requestId": response.headers["X-Request-ID"]}))
    described = {(event["type"], event["outcome"], event.get("reason"), event.get("sessionId")) for event in events}
    assert ("session_ended", "success", "password_changed", ended) in described
    assert [event["outcome"] for event in events if event["type"] == "password_changed"] == ["success"]
    assert {str(event["userId"]) for event in events} == {user.user_id}


def test_a_wrong_current_password_is_403_and_changes_nothing(user, another, database):
    other, before = another(), stored(database)
    response = change(user, current="not the right one")
    assert (response.status_code, response.json["code"]) == (403, "wrong_password")
    assert cookie_attributes(response) is None
    assert "WWW-Authenticate" not in response.headers
    assert stored(database) == before
    assert other.verify().status_code == 204
    assert user.refresh().status_code == 200


def test_a_wrong_current_password_is_written_down_as_a_failure(user, database):
    response = change(user, current="not the right one")
    (event,) = database.audit_events.find({"requestId": response.headers["X-Request-ID"]})
    assert (event["outcome"], event["reason"], str(event["userId"])) == ("failure", "wrong_password", user.user_id)


@pytest.mark.parametrize("weak", ["", "short", "1234567", "x" * 1025])
def test_a_new_password_against_the_policy_is_400(user, database, weak):
    before = stored(database)
    response = change(user, new=weak)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert set(response.json["errors"]) == {"newPassword"}
    assert stored(database) == before


@pytest.mark.parametrize("length", [8, 1024])
def test_a_new_password_at_the_edge_of_the_policy_is_taken(user, new_api, length):
    assert change(user, new="ü" * length).status_code == 200
    assert new_api().login(user.email, "ü" * length).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "currentPassword"),
        ({"newPassword": NEW}, "currentPassword"),
        ({"currentPassword": PASSWORD}, "newPassword"),
        ({"currentPassword": PASSWORD, "newPassword": NEW, "userId": "0" * 24}, "userId"),
        ({"currentPassword": PASSWORD, "newPassword": NEW, "current_password": PASSWORD}, "current_password"),
        ({"currentPassword": None, "newPassword": NEW}, "currentPassword"),
        ({"currentPassword": {"$ne": ""}, "newPassword": NEW}, "currentPassword"),
        ({"currentPassword": PASSWORD, "newPassword": 1234567890}, "newPassword"),
        ({"currentPassword": PASSWORD, "newPassword": [NEW]}, "newPassword"),
        ({"currentPassword": PASSWORD, "newPassword": True}, "newPassword"),
    ],
)
def test_missing_unknown_and_wrong_fields_are_400(user, database, body, field):
    before = stored(database)
    response = user.post("/profile/password", json=body)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert field in response.json["errors"]
    assert stored(database) == before


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "{", '{"currentPassword": "a", "currentPassword": "b"}'])
def test_a_body_that_is_no_json_object_is_400(user, body):
    response = user.post("/profile/password", data=body, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_sent_as_json_is_415(user, database, content_type):
    before = stored(database)
    body = f'{{"currentPassword": "{PASSWORD}", "newPassword": "{NEW}"}}'
    response = user.post("/profile/password", data=body, content_type=content_type)
    assert (response.status_code, response.json["code"]) == (415, "unsupported_media_type")
    assert stored(database) == before


def test_it_needs_a_living_session_and_the_cookie_is_none(user, database):
    before = stored(database)
    user.access_token = None
    response = change(user)
    assert (response.status_code, response.json["code"]) == (401, "token_missing")
    assert stored(database) == before


def test_an_ended_session_changes_no_password(user, copy_of, new_api):
    copy = copy_of(user)
    user.logout()
    assert change(copy).json["code"] == "logout"
    assert new_api().login(user.email, PASSWORD).status_code == 200
