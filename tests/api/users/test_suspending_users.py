"""POST and DELETE /users/<id>/suspension"""

import pytest

from tests.support.errors import code

NOBODY = "0123456789abcdef01234567"


def suspend(actor, target, **options):
    return actor.post(f"/users/{target.user_id}/suspension", **options)


def restore(actor, target):
    return actor.delete(f"/users/{target.user_id}/suspension")


@pytest.fixture
def colleague(new_api, services, admin):
    """Another admin."""
    api = new_api().called("colleague@example.com")
    services.seeding.seed_admin(email=api.email, password=api.password)
    return api.logged_in()


# suspending


@pytest.mark.parametrize("body", [{}, {"json": {}}, {"json": {"reason": "Unpaid invoices"}}])
def test_an_admin_suspends_a_user(admin, user, body):
    response = suspend(admin, user, **body)
    assert (response.status_code, response.json["message"]) == (200, "User suspended")
    suspended = response.json["user"]
    assert suspended["suspendedAt"] == suspended["updatedAt"]
    assert set(suspended) == {"_id", "email", "role", "createdAt", "updatedAt", "suspendedAt"}
    assert admin.get(f"/users/{user.user_id}").json["user"] == suspended


def test_every_session_ends_and_says_why(admin, user, new_api):
    other = new_api().called(user.email).logged_in()
    suspend(admin, user)
    for response in (user.profile(), other.verify(), other.refresh()):
        assert code(response) == (401, "suspended")
    assert code(user.refresh()) == (401, "suspended")


def test_only_the_right_password_learns_of_it(admin, user):
    suspend(admin, user)
    assert code(user.login()) == (403, "account_suspended")
    assert code(user.login(password="a wrong guess")) == (401, "invalid_credentials")
    assert "Set-Cookie" not in user.login().headers


def test_again_is_the_same_and_keeps_the_first_reason(admin, user, database):
    first = suspend(admin, user, json={"reason": "Unpaid invoices"})
    again = suspend(admin, user, json={"reason": "Another"})
    assert (again.status_code, again.json) == (200, first.json)
    assert database.users.find_one({"email": user.email})["suspended"]["reason"] == "Unpaid invoices"
    assert database.audit_events.count_documents({"type": "user_suspended"}) == 1


def test_an_admin_suspends_themselves_while_there_is_another(admin, colleague):
    assert suspend(admin, admin).status_code == 200
    assert code(admin.profile()) == (401, "suspended")
    assert code(suspend(colleague, colleague)) == (409, "last_admin")
    assert colleague.profile().status_code == 200


@pytest.mark.parametrize("change", ["demote", "delete", "suspend"])
def test_a_suspended_admin_does_not_count_as_another(admin, colleague, change):
    suspend(admin, colleague)
    changes = {
        "demote": lambda: admin.put(f"/users/{admin.user_id}/user"),
        "delete": lambda: admin.delete(f"/users/{admin.user_id}"),
        "suspend": lambda: suspend(admin, admin),
    }
    assert code(changes[change]()) == (409, "last_admin")


@pytest.mark.parametrize("reason", ["", "x" * 201, 7, ["a"], {"$ne": 1}])
def test_a_reason_that_is_no_short_text_is_refused_and_nothing_is_done(admin, user, reason):
    response = suspend(admin, user, json={"reason": reason})
    assert code(response) == (400, "invalid_request")
    assert user.profile().status_code == 200


def test_who_and_what_may_not(admin, user):
    assert code(suspend(user, admin)) == (403, "forbidden")
    assert code(restore(user, admin)) == (403, "forbidden")
    assert code(admin.post(f"/users/{NOBODY}/suspension")) == (404, "user_not_found")
    assert code(admin.delete(f"/users/{NOBODY}/suspension")) == (404, "user_not_found")
    assert code(admin.post("/users/nobody/suspension")) == (400, "invalid_id")


def test_the_trail_holds_who_suspended_whom_and_every_refused_login(admin, user, database):
    suspend(admin, user, json={"reason": "Unpaid invoices"})
    user.login()
    restore(admin, user)
    events = list(database.audit_events.find({"createdAt": {"$exists": True}}).sort("_id"))
    assert "Unpaid" not in str(events)
    (suspended,) = [each for each in events if each["type"] == "user_suspended"]
    assert (str(suspended["userId"]), str(suspended["actorId"])) == (user.user_id, admin.user_id)
    (refused,) = [each for each in events if each.get("reason") == "account_suspended"]
    assert (refused["type"], refused["outcome"], str(refused["userId"])) == ("login", "failure", user.user_id)
    (ended,) = [each for each in events if each["type"] == "session_ended"]
    assert (ended["reason"], str(ended["actorId"])) == ("suspended", admin.user_id)
    assert [each["type"] for each in events if each["type"] == "user_restored"] == ["user_restored"]


# restoring


def test_a_restored_user_logs_in_anew_and_no_old_session_comes_back(admin, user, new_api):
    suspend(admin, user)
    response = restore(admin, user)
    assert (response.status_code, response.json["message"]) == (200, "User restored")
    assert "suspendedAt" not in response.json["user"]
    assert code(user.profile()) == (401, "suspended")
    assert code(user.refresh()) == (401, "suspended")
    assert new_api().called(user.email).login().status_code == 200


def test_restoring_who_is_not_suspended_changes_nothing(admin, user, database):
    before = database.users.find_one({"email": user.email})
    assert restore(admin, user).status_code == 200
    assert database.users.find_one({"email": user.email}) == before
    assert user.profile().status_code == 200
