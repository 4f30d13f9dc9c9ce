"""What ends, lists or changes the sessions of an account works with 20,000 of them, and in bounded steps."""

from datetime import timedelta

import pytest

from auth_service.services.sessions.lists import HISTORY_PAGE, MOST_LISTED
from auth_service.services.sessions.opening import MOST_EVICTED
from tests.services.sessions.large_accounts import SESSIONS, active, clear, enlarge
from tests.support.api import Api

NEW = "another horse battery"


@pytest.fixture(autouse=True)
def cleared(database):
    """The next test's database is emptied in commands that have a time limit."""
    yield
    clear(database)


@pytest.fixture
def large(user, database):
    """A user with 20,000 further sessions."""
    enlarge(database, user.user_id)
    return user


def examined(database, call):
    """The most documents that one command on the sessions examined during `call`."""
    database.system.profile.drop()
    database.command("profile", 2)
    try:
        assert call().status_code == 200
    finally:
        database.command("profile", 0)
    seen = database.system.profile.find({"ns": {"$regex": r"\.sessions$"}, "docsExamined": {"$exists": True}})
    return max(each["docsExamined"] for each in seen)


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


def test_a_deletion_leaves_nothing(large, database):
    assert large.delete(f"/users/{large.user_id}").status_code == 200
    assert large.verify().json["code"] == "invalid_token"
    assert database.sessions.count_documents({}) == 0
    assert database.audit_events.count_documents({"reason": "user_deleted"}) == SESSIONS + 1


def test_a_role_reaches_every_session(large, admin, database):
    for role in ("admin", "user"):
        assert admin.put(f"/users/{large.user_id}/{role}").status_code == 200
        assert database.sessions.count_documents({"role": role}) >= SESSIONS + 1


def test_lists_are_bounded_and_examine_no_more(large, admin, database):
    for api, path in ((large, "/sessions"), (admin, f"/users/{large.user_id}/sessions")):
        assert len(api.get(path).json["sessions"]) == MOST_LISTED
        assert examined(database, lambda api=api, path=path: api.get(path)) <= MOST_LISTED


def test_a_page_of_the_history_marks_and_examines_a_bounded_number(user, database, clock):
    enlarge(database, user.user_id, expiresAt=clock.now() - timedelta(minutes=1))
    assert examined(database, lambda: user.get("/sessions/history")) <= 1000
    assert len(user.get("/sessions/history").json["sessions"]) == HISTORY_PAGE
    assert active(database, user.user_id) > SESSIONS - 2000


def test_a_login_evicts_a_bounded_number_for_a_lowered_cap(large, app_with, database):
    capped = Api(app_with(SESSION_MAX_PER_USER=10)).called(large.email)
    assert examined(database, capped.login) <= 10 + MOST_EVICTED
    assert active(database, large.user_id) == SESSIONS + 2 - MOST_EVICTED - 1
