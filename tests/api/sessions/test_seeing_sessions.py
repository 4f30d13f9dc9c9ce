"""What people see of where they are logged in."""

import hashlib
from datetime import datetime, timedelta

import jwt

from tests.support.api import SESSION_FIELDS

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1"
)


def listed(api, path="/sessions"):
    response = api.get(path)
    assert response.status_code == 200, response.json
    return response.json["sessions"]


def ids(sessions):
    return [session["sessionId"] for session in sessions]


def time_of(session, field):
    return datetime.fromisoformat(session[field])


def test_only_ones_own_sessions_are_listed(user, another, new_api):
    second, stranger = another(), new_api().registered("other@example.com").logged_in()
    assert set(ids(listed(user))) == {user.session_id, second.session_id}
    assert ids(listed(stranger)) == [stranger.session_id]


def test_the_last_seen_comes_first(user, another, clock):
    browsers = first, second, third = user, another(), another()
    names = {api.session_id: api for api in browsers}
    for api in (third, first, second):
        clock.advance(seconds=1)
        api.verify()
    assert [names[session_id] for session_id in ids(listed(second))] == [second, first, third]
    assert [names[session_id] for session_id in ids(listed(third))] == [third, second, first]


def test_exactly_the_callers_own_is_current(user, another):
    second = another()
    for api in (user, second):
        current = [session["sessionId"] for session in listed(api) if session["current"] is True]
        assert current == [api.session_id]
        assert [session["current"] for session in listed(api)].count(False) == 1


def test_a_session_has_the_fields_of_the_contract_and_no_others(user):
    response = user.get("/sessions")
    assert response.json["message"] == "Sessions fetched successfully"
    assert set(response.json) == {"message", "sessions"}
    assert [set(session) for session in response.json["sessions"]] == [SESSION_FIELDS | {"current"}]


def test_a_session_says_from_where_and_with_what_it_was_opened(user, new_api, clock):
    clock.advance(hours=1)
    phone = new_api().called("user@example.com")
    phone.login(headers={"User-Agent": PHONE}, environ_overrides={"REMOTE_ADDR": "2001:db8::7"})
    shown = listed(phone)[0]
    assert (shown["ip"], shown["userAgent"], shown["userId"]) == ("2001:db8::7", PHONE, user.user_id)
    assert (shown["device"], shown["browser"], shown["os"]) == ("Mobile", "Mobile Safari 17", "iOS 17")
    assert shown["location"] == "unknown"
    assert abs(time_of(shown, "createdAt") - clock.now()) < timedelta(seconds=10)


def test_being_used_moves_last_seen_and_expiry_and_nothing_else(user, another, clock):
    second = another()
    (before,) = [session for session in listed(second) if not session["current"]]
    clock.advance(minutes=3)
    assert user.verify().status_code == 204
    (after,) = [session for session in listed(second) if not session["current"]]
    assert {field for field in after if after[field] != before[field]} == {"lastSeenAt", "expiresAt"}
    assert time_of(after, "lastSeenAt") - time_of(before, "lastSeenAt") >= timedelta(minutes=3)


def test_no_list_holds_token_material(user, another, database, admin):
    ended = another()
    user.refresh()
    ended.logout()
    texts = [user.access_token, user.refresh_token]
    secret = [jwt.decode(text, options={"verify_signature": False})["jti"] for text in texts]
    secret += [hashlib.sha256(text.encode()).hexdigest() for text in texts] + texts
    secret += [session["refreshHash"] for session in database.sessions.find()] + ["eyJ"]
    for api, path in ((user, "/sessions"), (user, "/sessions/history"), (admin, f"/users/{user.user_id}/sessions")):
        body = api.get(path).text
        assert user.user_id in body
        assert not [text for text in secret if text in body], path


def test_ended_sessions_are_not_listed(user, another):
    another().logout()
    assert ids(listed(user)) == [user.session_id]


def test_sessions_that_ran_out_are_not_listed(user, clock, new_api):
    clock.advance(days=14, seconds=1)
    late = new_api().called("user@example.com").logged_in()
    assert ids(listed(late)) == [late.session_id]


def test_expiry_is_never_shown_beyond_the_absolute_limit(user, clock):
    assert time_of(listed(user)[0], "expiresAt") - clock.now() <= timedelta(days=14)
    for _ in range(2):
        clock.advance(days=12)
        assert user.refresh().status_code == 200
    (shown,) = listed(user)
    assert time_of(shown, "expiresAt") - time_of(shown, "createdAt") == timedelta(days=30)
    assert user.profile().json["session"]["expiresAt"] == shown["expiresAt"]


def test_an_admin_sees_the_sessions_of_anybody(admin, user, another):
    second = another()
    shown = listed(admin, f"/users/{user.user_id}/sessions")
    assert set(ids(shown)) == {user.session_id, second.session_id}
    assert [session["current"] for session in shown] == [False, False]
    assert [set(session) for session in shown] == [SESSION_FIELDS | {"current"}] * 2


def test_a_plain_user_may_not_see_anybodys_sessions_by_id(user, admin):
    for user_id in (admin.user_id, user.user_id):
        response = user.get(f"/users/{user_id}/sessions")
        assert (response.status_code, response.json["code"]) == (403, "forbidden")


def test_places_are_told_to_whom_asks_for_them(user, another, database):
    """Latitude and longitude as they are stored; a session without a known place is not among them."""
    other = another()
    database.sessions.update_one({"sessionId": other.session_id}, {"$set": {"coordinates": [52.5, 13.4]}})
    answer = user.get("/sessions?places=true").json
    assert answer["places"] == {other.session_id: [52.5, 13.4]}
    assert [set(session) for session in answer["sessions"]] == [SESSION_FIELDS | {"current"}] * 2
    assert "places" not in user.get("/sessions?places=false").json


def test_nobody_asks_for_the_places_of_others(user, admin):
    assert "places" not in admin.get(f"/users/{user.user_id}/sessions?places=true").json
