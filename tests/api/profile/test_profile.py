"""GET /profile"""

from datetime import datetime, timedelta


def test_the_profile_is_the_user_and_the_session_of_the_request(user):
    response = user.profile()
    assert (response.status_code, response.json["message"]) == (200, "Profile fetched")
    assert set(response.json) == {"message", "user", "session"}
    assert response.json["user"]["_id"] == response.json["session"]["userId"] == user.user_id


def test_the_user_has_exactly_the_public_fields(user):
    assert set(user.profile().json["user"]) == {"_id", "email", "role", "createdAt", "updatedAt"}


def test_the_session_has_exactly_the_public_fields(user):
    assert set(user.profile().json["session"]) == set(
        "sessionId userId ip userAgent device browser os location createdAt lastSeenAt expiresAt".split()
    )


def test_two_browsers_see_two_sessions_of_one_user(user, new_api):
    other = new_api().called(user.email).logged_in()
    mine, theirs = user.profile().json, other.profile().json
    assert mine["user"] == theirs["user"]
    assert mine["session"]["sessionId"] != theirs["session"]["sessionId"]


def test_the_profile_shows_the_role_of_now(user, admin):
    admin.put(f"/users/{user.user_id}/admin")
    assert user.profile().json["user"]["role"] == "admin"


def test_reading_the_profile_slides_the_session(user, clock):
    first = user.profile().json["session"]
    clock.advance(minutes=1)
    second = user.profile().json["session"]
    assert second["lastSeenAt"] > first["lastSeenAt"]
    assert second["expiresAt"] > first["expiresAt"]
    assert second["createdAt"] == first["createdAt"]


def test_a_deleted_user_has_no_profile(user, admin):
    admin.delete(f"/users/{user.user_id}")
    response = user.profile()
    assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_a_user_who_is_deleted_after_the_session_was_verified_is_not_found(user, database):
    database.users.delete_one({"email": user.email})
    response = user.profile()
    assert (response.status_code, response.json["code"]) == (404, "user_not_found")


def test_the_profile_shows_the_session_as_the_list_of_sessions_does(user):
    listed = user.get("/sessions").json["sessions"]
    shown = user.profile().json["session"]
    assert {**shown, "current": True} == {
        **listed[0],
        "lastSeenAt": shown["lastSeenAt"],
        "expiresAt": shown["expiresAt"],
    }


def test_an_unusual_session_is_shown_as_one(user, database):
    database.sessions.update_one({}, {"$set": {"unusual": ["device"]}})
    assert user.profile().json["session"]["unusual"] == ["device"]


def test_the_session_is_shown_to_end_with_its_absolute_limit_when_that_comes_first(user, clock, database):
    limit = clock.now() + timedelta(minutes=1)
    database.sessions.update_one({}, {"$set": {"absoluteExpiresAt": limit}})
    assert datetime.fromisoformat(user.profile().json["session"]["expiresAt"]) == limit


def test_head_answers_without_a_body(user):
    response = user.http.head("/profile", headers={"Authorization": f"Bearer {user.access_token}"})
    assert (response.status_code, response.data) == (200, b"")
