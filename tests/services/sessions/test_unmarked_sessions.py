"""Expired sessions that nobody has marked as ended: no command examines more for any number of them."""

from datetime import timedelta

import pytest

from auth_service.services.sessions.active import BATCH
from auth_service.services.sessions.lists import MOST_LISTED, MOST_READS
from auth_service.services.sessions.opening import MOST_EVICTED
from tests.support.api import Api
from tests.support.database.large_accounts import active, clear, enlarge, examined

MOST = {"/sessions": MOST_LISTED + 1, "/users/{id}/sessions": MOST_LISTED + 1, "/sessions/history": BATCH}
CAP = 10


@pytest.fixture
def account(user, new_api, database, clock):
    """A user with two active sessions, and many between them that expired unnoticed."""
    enlarge(database, user.user_id, expiresAt=clock.now() - timedelta(minutes=1))
    used = new_api().called(user.email).logged_in()
    yield user, used
    clear(database)


def most(seen):
    return max(each.documents for each in seen)


@pytest.mark.parametrize("path", MOST)
def test_a_list_examines_and_marks_a_bounded_number(account, admin, database, path):
    api = admin if "users" in path else account[0]
    unended = active(database, account[0].user_id)
    seen = examined(database, lambda: api.get(path.format(id=account[0].user_id)))
    assert most(seen) <= MOST[path]
    assert len(seen) <= 2 * MOST_READS * MOST[path]
    assert unended - MOST_READS * MOST[path] <= active(database, account[0].user_id) < unended


def test_the_pages_hold_every_active_session_and_mark_all_others(account, database):
    shown, cursor = [], ""
    while cursor is not None:
        answer = account[0].get(f"/sessions?cursor={cursor}" if cursor else "/sessions")
        shown += [each["sessionId"] for each in answer.json["sessions"]]
        cursor = answer.json.get("cursor")
    assert shown == [account[1].session_id, account[0].session_id]
    assert active(database, account[0].user_id) == 2


@pytest.mark.parametrize("cap", [0, CAP])
def test_a_login_examines_and_marks_a_bounded_number(account, app_with, database, cap):
    unended = active(database, account[0].user_id)
    seen = examined(database, Api(app_with(SESSION_MAX_PER_USER=cap)).called(account[0].email).login)
    assert not seen or most(seen) <= cap + MOST_EVICTED
    assert unended - cap - MOST_EVICTED < active(database, account[0].user_id) <= unended + 1


def test_the_cap_counts_active_sessions_alone(account, app_with, database):
    capped = Api(app_with(SESSION_MAX_PER_USER=2)).called(account[0].email)
    assert capped.login().status_code == 200
    assert capped.verify().status_code == 204
    assert account[1].verify().status_code == 204
    assert database.sessions.count_documents({"reason": "idle"}) > 0


@pytest.mark.parametrize("path", ["/sessions?all=true", "/users/{id}/sessions", "/users/{id}"])
def test_an_ending_examines_a_batch_at_a_time(account, admin, database, path):
    api = account[0] if path.startswith("/sessions") else admin
    seen = examined(database, lambda: api.delete(path.format(id=account[0].user_id)))
    assert most(each for each in seen if each.command != "aggregate") <= BATCH
    assert [each.verify().status_code for each in account] == [401, 401]


def test_a_password_change_examines_a_batch_at_a_time(account, database):
    body = {"currentPassword": account[0].password, "newPassword": "another horse battery"}
    seen = examined(database, lambda: account[0].post("/profile/password", json=body))
    assert most(each for each in seen if each.command != "aggregate") <= BATCH
    assert [each.verify().status_code for each in account] == [204, 401]


def test_a_role_reaches_the_active_sessions_in_steps_of_a_batch(account, admin, database):
    seen = examined(database, lambda: admin.put(f"/users/{account[0].user_id}/admin"))
    assert most(each for each in seen if each.command != "aggregate") <= BATCH
    assert [each.get("/users").status_code for each in account] == [200, 200]
