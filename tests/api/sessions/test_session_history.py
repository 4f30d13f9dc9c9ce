"""Why sessions ended: one vocabulary, in the answers, in the history and in the audit trail."""

from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from tests.support.api import SESSION_FIELDS

OWNER = "user@example.com"
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def shared_app(app_with):
    """An application whose access tokens outlive its sessions, so that these tell why they ended."""
    return app_with(JWT_ACCESS_EXPIRES_IN="90d", SESSION_MAX_PER_USER=3, SESSION_HISTORY_DAYS=200)


@pytest.fixture
def browsers(new_api, admin, clock):
    """Whoever takes part in an ending: the owner's browser, `another` of the same user, an admin, and the time."""

    class Browsers:
        def __init__(self):
            self.owner = new_api().registered(OWNER).logged_in()
            self.admin, self.clock = admin, clock

        def another(self):
            return new_api().called(OWNER).logged_in()

        def copy_of(self, api):
            copy = new_api()
            copy.refresh_token, copy.access_token = api.refresh_token, api.access_token
            return copy

    return Browsers()


# How a session ends for each reason; each returns the moment it did, as far as it is not the present.


def logout(browsers, victim):
    victim.logout()


def revoked_by_user(browsers, victim):
    browsers.owner.delete("/sessions")


def revoked_by_admin(browsers, victim):
    browsers.admin.delete(f"/users/{victim.user_id}/sessions")


def idle(browsers, victim):
    seen = browsers.clock.now()
    victim.verify()
    browsers.clock.advance(days=40)
    return seen + timedelta(days=14)


def absolute(browsers, victim):
    opened = datetime.fromisoformat(victim.profile().json["session"]["createdAt"])
    for _ in range(3):
        browsers.clock.advance(days=9)
        victim.verify()
    browsers.clock.advance(days=5)
    return opened + timedelta(days=30)


def reused_token(browsers, victim):
    thief = browsers.copy_of(victim)
    victim.refresh()
    browsers.clock.advance(seconds=16)
    assert thief.refresh().json["code"] == "refresh_reused"


def cap(browsers, victim):
    for _ in range(3):
        browsers.clock.advance(seconds=1)
        browsers.another()


def password_changed(browsers, victim):
    body = {"currentPassword": victim.password, "newPassword": victim.password}
    assert browsers.owner.post("/profile/password", json=body).status_code == 200


ENDINGS = [logout, revoked_by_user, revoked_by_admin, idle, absolute, reused_token, cap, password_changed]


def history(api, path="/sessions/history"):
    response = api.get(path)
    assert response.status_code == 200, response.json
    return response.json


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_one_word_says_why_everywhere(ending, browsers, database, clock):
    reason, victim = ending.__name__, browsers.another()
    session_id, owner = victim.session_id, browsers.copy_of(victim)
    ended_at = ending(browsers, victim) or clock.now()
    for response in (owner.verify(), owner.refresh(), owner.verify()):
        assert (response.status_code, response.json["code"]) == (401, reason)
    (shown,) = [each for each in history(browsers.another())["sessions"] if each["sessionId"] == session_id]
    assert shown["reason"] == reason
    assert abs(datetime.fromisoformat(shown["endedAt"]) - ended_at) < SECOND
    (event,) = database.audit_events.find({"type": "session_ended", "sessionId": session_id})
    assert (event["reason"], event["outcome"], str(event["userId"])) == (reason, "success", victim.user_id)
    stored = database.sessions.find_one({"sessionId": session_id})
    assert stored["purgeAt"] == stored["endedAt"] + timedelta(days=200)


@pytest.mark.parametrize("ending", [idle, absolute], ids=lambda ending: ending.__name__)
def test_a_session_that_ran_out_is_in_the_history_although_nobody_used_it_since(ending, browsers):
    victim = browsers.another()
    session_id = victim.session_id
    ran_out_at = ending(browsers, victim)
    (shown,) = [each for each in history(browsers.another())["sessions"] if each["sessionId"] == session_id]
    assert shown["reason"] == ending.__name__
    assert abs(datetime.fromisoformat(shown["endedAt"]) - ran_out_at) < SECOND


def test_the_cookie_of_a_replaced_session_says_logout(browsers):
    victim = browsers.another()
    copy = browsers.copy_of(victim)
    victim.login()
    assert copy.verify().json["code"] == copy.refresh().json["code"] == "logout"
    assert [session["reason"] for session in history(victim)["sessions"]] == ["logout"]


def test_a_session_ends_once_and_for_its_first_reason(browsers, database):
    victim = browsers.another()
    session_id = victim.session_id
    revoked_by_user(browsers, victim)
    before = database.sessions.find_one({"sessionId": session_id})
    for ending in (logout, revoked_by_admin, idle):
        ending(browsers, victim)
    assert victim.verify().json["code"] == "revoked_by_user"
    assert database.sessions.find_one({"sessionId": session_id}) == before
    assert database.audit_events.count_documents({"type": "session_ended", "sessionId": session_id}) == 1


def test_an_ended_session_has_the_fields_of_the_contract_and_no_others(browsers):
    browsers.another().logout()
    shown = history(browsers.owner)
    assert set(shown) == {"message", "sessions", "cursor"}
    assert [set(session) for session in shown["sessions"]] == [SESSION_FIELDS | {"endedAt", "reason"}]
    assert shown["cursor"] is None


def test_the_last_ended_comes_first(browsers, clock):
    older, newer = browsers.another(), browsers.another()
    session_ids = newer.session_id, older.session_id
    for api in (newer, older):
        clock.advance(seconds=1)
        api.logout()
    assert [session["sessionId"] for session in history(browsers.owner)["sessions"]] == [*reversed(session_ids)]


def test_living_sessions_and_those_of_others_are_not_in_it(browsers, new_api):
    stranger = new_api().registered("other@example.com").logged_in()
    new_api().called("other@example.com").logged_in().logout()
    assert history(browsers.owner)["sessions"] == []
    assert len(history(stranger)["sessions"]) == 1


def test_a_page_has_fifty_and_a_cursor_leads_on_although_more_sessions_end(browsers, database):
    (pattern,) = database.sessions.find({"userId": ObjectId(browsers.owner.user_id)})
    ended = {"endedAt": pattern["createdAt"], "reason": "logout"}
    copies = [{**pattern, **ended, "_id": ObjectId(), "sessionId": f"{number:032x}"} for number in range(120)]
    database.sessions.insert_many(copies)
    pages, path = [], "/sessions/history"
    while path:
        shown = history(browsers.owner, path)
        pages.append([session["sessionId"] for session in shown["sessions"]])
        path = f"/sessions/history?cursor={shown['cursor']}" if shown["cursor"] else None
        browsers.another().logout()
    assert [len(page) for page in pages] == [50, 50, 20]
    assert {session_id for page in pages for session_id in page} == {copy["sessionId"] for copy in copies}


@pytest.mark.parametrize("query", ["cursor=", "cursor=nonsense", "cursor=MS4x", "cursor=%00", "limit=10", "user=1"])
def test_a_bad_query_is_400(browsers, query):
    assert browsers.owner.get(f"/sessions/history?{query}").status_code == 400


# deleting the user


def holders_of(user_id, database):
    """The collections of sessions and tokens that hold a document with this `userId`."""
    names = [name for name in database.list_collection_names() if "session" in name or "refresh" in name]
    assert "sessions" in names
    same = {"$in": [user_id, ObjectId(user_id)]}
    return [name for name in names if database[name].count_documents({"userId": same})]


def test_deleting_a_user_deletes_their_sessions_tokens_and_history(browsers, database):
    browsers.another().logout()
    browsers.owner.refresh()
    user_id = browsers.owner.user_id
    assert holders_of(user_id, database)
    assert browsers.owner.delete(f"/users/{user_id}").status_code == 200
    assert holders_of(user_id, database) == []
    assert holders_of(browsers.admin.user_id, database)


def test_no_token_of_a_deleted_user_works(browsers):
    second = browsers.another()
    copies = [browsers.copy_of(browsers.owner), browsers.copy_of(second)]
    browsers.admin.delete(f"/users/{second.user_id}")
    for api in copies:
        for response in (api.verify(), api.refresh(), api.profile(), api.get("/sessions/history")):
            assert response.status_code == 401
            assert response.json["code"] in ("invalid_token", "user_deleted")


def test_the_trace_of_a_deletion_is_in_the_audit_trail(browsers, database):
    second = browsers.another()
    living = {browsers.owner.session_id, second.session_id}
    response = browsers.admin.delete(f"/users/{second.user_id}")
    events = list(database.audit_events.find({"requestId": response.headers["X-Request-ID"]}))
    (deleted,) = [event for event in events if event["type"] == "user_deleted"]
    assert (str(deleted["userId"]), str(deleted["actorId"])) == (second.user_id, browsers.admin.user_id)
    ended = [event for event in events if event["type"] == "session_ended"]
    assert {event["sessionId"] for event in ended} == living
    assert {(event["reason"], str(event["userId"])) for event in ended} == {("user_deleted", second.user_id)}
