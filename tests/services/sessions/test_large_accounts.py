"""What ends, lists or changes the sessions of an account works with any number of them, and in bounded steps."""

import pytest
from bson import ObjectId

from auth_service.services.audit.events import EventType
from auth_service.services.sessions.active import BATCH, IN_USE, RECENT, active_batches
from auth_service.services.sessions.lists import HISTORY_PAGE, MOST_LISTED
from auth_service.services.sessions.opening import MOST_EVICTED
from tests.support.api import Api
from tests.support.database.large_accounts import MANY, SESSIONS, active, clear, enlarge, examined

NEW = "another horse battery"


@pytest.fixture(autouse=True)
def cleared(database):
    """The next test's database is emptied in commands that have a time limit."""
    yield
    clear(database)


@pytest.fixture
def large(user, database):
    """A user with further sessions, of three batches and a half."""
    enlarge(database, user.user_id)
    return user


def test_the_owner_ends_all_others(large, database):
    answer = large.delete("/sessions")
    assert (answer.status_code, answer.json["ended"]) == (200, SESSIONS)
    assert active(database, large.user_id) == 1
    assert database.audit_events.count_documents({"type": "session_ended", "reason": "revoked_by_user"}) == SESSIONS


def test_an_admin_ends_all(large, admin, database):
    answer = admin.delete(f"/users/{large.user_id}/sessions")
    assert (answer.status_code, answer.json["ended"]) == (200, SESSIONS + 1)
    assert large.verify().json["code"] == "revoked_by_admin"
    assert active(database, large.user_id) == 0


def test_a_password_change_ends_all_others(large, database):
    body = {"currentPassword": large.password, "newPassword": NEW}
    assert large.post("/profile/password", json=body).status_code == 200
    assert active(database, large.user_id) == 1


def test_the_operator_sets_a_password(large, services, database):
    services.password_changes.reset(user_id=large.user_id, password=NEW)
    assert large.verify().json["code"] == "password_changed"
    assert active(database, large.user_id) == 0


def test_the_operator_ends_the_sessions_of_all(large, operations, database):
    assert operations.mass_ending.end_all() == SESSIONS + 1
    assert active(database, large.user_id) == 0
    assert database.audit_events.count_documents({"type": "session_ended"}) == SESSIONS + 1


def test_a_deletion_leaves_nothing(large, database):
    assert large.delete(f"/users/{large.user_id}").status_code == 200
    assert large.verify().json["code"] == "invalid_token"
    assert database.sessions.count_documents({}) == 0
    assert database.audit_events.count_documents({"reason": "user_deleted"}) == SESSIONS + 1


def test_a_role_reaches_every_session(large, admin, database):
    for role in ("admin", "user"):
        assert admin.put(f"/users/{large.user_id}/{role}").status_code == 200
        assert database.sessions.count_documents({"role": role}) >= SESSIONS + 1


@pytest.mark.parametrize("role", ["admin", "user"])
def test_no_step_of_a_role_change_examines_more_than_a_batch(large, admin, database, role):
    database.sessions.update_many({}, {"$set": {"role": "admin"}})
    seen = examined(database, lambda: admin.put(f"/users/{large.user_id}/{role}"))
    assert max(each.documents for each in seen if each.command != "aggregate") <= BATCH


@pytest.mark.parametrize("path", ["/sessions", "/users/{id}/sessions", "/users/{id}"])
def test_no_step_of_an_ending_examines_more_than_a_batch(large, admin, database, path):
    api = large if path == "/sessions" else admin
    seen = examined(database, lambda: api.delete(path.format(id=large.user_id)))
    assert max(each.documents for each in seen if each.command != "aggregate") <= BATCH


@pytest.mark.edge
def test_with_20_000_sessions_what_is_in_use_ends_first_and_all_end(user, app_with, admin, clock, database):
    enlarge(database, user.user_id, MANY // 2)
    used = Api(app_with(SESSION_MAX_PER_USER=0)).called(user.email).logged_in()
    enlarge(database, user.user_id, MANY // 2 - 1, events=MANY)
    batches = list(active_batches(ObjectId(user.user_id), now=clock.now()))
    assert {len(each) for each in batches[: IN_USE // BATCH]} == {BATCH}
    assert {user.session_id, used.session_id} <= set(batches[0])

    seen = examined(database, lambda: admin.delete(f"/users/{user.user_id}/sessions"))
    assert max(each.documents for each in seen if each.command != "aggregate") <= BATCH
    assert max(each.documents for each in seen) <= RECENT
    assert database.audit_events.count_documents({"type": EventType.SESSION_ENDED.value}) >= MANY + 1
    assert (active(database, user.user_id), user.verify().status_code, used.verify().status_code) == (0, 401, 401)


def require_one_more(seen, page):
    """A command looked beyond the page by one document: in each of the two ranges that follow a position."""
    assert max(max(each.documents, each.keys) for each in seen) <= page + 2


def test_lists_are_bounded_and_examine_one_session_more(large, admin, database):
    for api, path in ((large, "/sessions"), (admin, f"/users/{large.user_id}/sessions")):
        first = api.get(path)
        assert len(first.json["sessions"]) == MOST_LISTED
        for page in (path, f"{path}?cursor={first.json['cursor']}"):
            seen = examined(database, lambda api=api, page=page: api.get(page))
            require_one_more(seen, MOST_LISTED)


def test_a_page_of_the_history_examines_one_session_more(large, database):
    large.delete("/sessions")
    first = large.get("/sessions/history")
    for page in ("/sessions/history", f"/sessions/history?cursor={first.json['cursor']}"):
        seen = examined(database, lambda page=page: large.get(page))
        require_one_more(seen, HISTORY_PAGE)


def test_beside_active_sessions_the_history_looks_for_expired_ones_in_one_batch(large, database):
    seen = examined(database, lambda: large.get("/sessions/history"))
    assert max(each.documents for each in seen) <= BATCH


def test_a_page_of_the_audit_trail_examines_one_event_more(user, admin, database):
    enlarge(database, user.user_id, 0, events=SESSIONS)
    for api, path in ((user, "/profile/audit?"), (admin, f"/audit?user={user.user_id}&")):
        cursor = api.get(f"{path}limit=100").json["cursor"]
        for page in (f"{path}limit=50", f"{path}limit=50&cursor={cursor}"):
            seen = examined(database, lambda api=api, page=page: api.get(page), "audit_events")
            require_one_more(seen, 50)


def test_a_login_evicts_a_bounded_number_for_a_lowered_cap(large, app_with, database):
    capped = Api(app_with(SESSION_MAX_PER_USER=10)).called(large.email)
    seen = examined(database, capped.login)
    assert max(each.documents for each in seen) <= 10 + MOST_EVICTED
    assert active(database, large.user_id) == SESSIONS + 2 - MOST_EVICTED - 1


@pytest.mark.parametrize("cap", [0, 10])
def test_a_login_with_the_cookie_of_the_session_opened_first_replaces_it(large, app_with, database, cap):
    first = large.session_id
    capped = Api(app_with(SESSION_MAX_PER_USER=cap)).called(large.email)
    capped.refresh_token = large.refresh_token
    seen = examined(database, capped.login)
    assert max(each.documents for each in seen) <= cap + MOST_EVICTED
    assert database.sessions.find_one({"sessionId": first})["reason"] == "logout"
