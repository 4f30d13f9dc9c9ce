"""POST /users, POST /users/<id>/invitation"""

import re

import pytest

from tests.support.errors import code

ADDRESS = "grace@example.com"
PASSWORD = "compiled by hand, twice"
CODE = re.compile(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}")


def create(actor, **body):
    return actor.post("/users", json={"email": ADDRESS, **body})


def test_an_account_with_a_password_can_be_logged_in_to_at_once(admin, new_api):
    response = create(admin, password=PASSWORD)
    assert (response.status_code, response.json["message"]) == (201, "User created")
    assert set(response.json) == {"message", "user"}
    assert set(response.json["user"]) == {"_id", "email", "role", "createdAt", "updatedAt"}
    assert new_api().called(ADDRESS, PASSWORD).login().json["user"]["role"] == "user"


def test_an_account_without_one_gets_an_invitation_that_is_shown_once(admin, database):
    response = create(admin, role="admin")
    assert (response.status_code, response.json["user"]["role"]) == (201, "admin")
    invitation = response.json["invitation"]
    assert set(invitation) == {"code", "expiresAt"}
    assert CODE.fullmatch(invitation["code"])
    stored = str(list(database.codes.find()) + list(database.users.find()) + list(database.audit_events.find()))
    assert invitation["code"] not in stored
    assert invitation["code"].replace("-", "") not in stored


def test_nobody_can_log_in_before_it_is_accepted(admin, new_api):
    create(admin)
    for password in ("", PASSWORD, "None"):
        assert code(new_api().called(ADDRESS, password).login()) == (401, "invalid_credentials")


def test_a_taken_address_is_refused_and_nothing_is_made(admin, user, database):
    for body in ({"email": user.email}, {"email": user.email.upper(), "password": PASSWORD}):
        assert code(admin.post("/users", json=body)) == (409, "email_taken")
    assert database.codes.count_documents({}) == 0
    assert database.users.count_documents({}) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody"},
        {"email": None},
        {"role": "root"},
        {"role": {"$ne": "user"}},
        {"password": "short"},
        {"password": ["a"]},
        {"invitation": True},
    ],
)
def test_bad_input_names_the_field_and_makes_nothing(admin, body, database):
    response = create(admin, **body)
    assert code(response) == (400, "invalid_request")
    assert list(response.json["errors"]) == list(body)
    assert database.users.count_documents({}) == 1


def test_only_an_admin_creates_and_invites(admin, user):
    assert code(create(user)) == (403, "forbidden")
    invited = create(admin).json["user"]["_id"]
    assert code(user.post(f"/users/{invited}/invitation")) == (403, "forbidden")


def test_another_invitation_voids_the_first(admin, new_api):
    created = create(admin).json
    response = admin.post(f"/users/{created['user']['_id']}/invitation")
    assert (response.status_code, set(response.json)) == (201, {"message", "invitation"})
    body = {"email": ADDRESS, "password": PASSWORD}
    first, second = created["invitation"]["code"], response.json["invitation"]["code"]
    assert code(new_api().post("/auth/invitation", json={**body, "code": first})) == (400, "invalid_code")
    assert new_api().post("/auth/invitation", json={**body, "code": second}).status_code == 200


def test_who_has_a_password_cannot_be_invited(admin, user):
    assert code(admin.post(f"/users/{user.user_id}/invitation")) == (409, "already_accepted")
    assert code(admin.post("/users/0123456789abcdef01234567/invitation")) == (404, "user_not_found")
    assert code(admin.post("/users/nobody/invitation")) == (400, "invalid_id")


def test_the_trail_says_which_admin_created_whom(admin, user, database):
    created = create(admin).json["user"]["_id"]
    create(admin, email=user.email)
    events = list(database.audit_events.find({"type": "user_created"}).sort("_id"))
    assert [(each["outcome"], each["reason"]) for each in events] == [("success", "user"), ("failure", "email_taken")]
    assert str(events[0]["userId"]) == created
    assert {str(each["actorId"]) for each in events} == {admin.user_id}


def test_a_deleted_account_leaves_no_code(admin, database):
    created = create(admin).json["user"]["_id"]
    assert admin.delete(f"/users/{created}").status_code == 200
    assert database.codes.count_documents({}) == 0
