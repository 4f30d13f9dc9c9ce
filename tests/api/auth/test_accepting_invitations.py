"""POST /auth/invitation"""

import pytest

from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.errors import code

ADDRESS = "grace@example.com"
PASSWORD = "compiled by hand, twice"


@pytest.fixture
def invitation(admin):
    """The answer to the creation of an account without a password."""
    return admin.post("/users", json={"email": ADDRESS}).json


@pytest.fixture
def accept(invitation, new_api):
    """Accepts the invitation, or tries to with other values."""
    body = {"email": ADDRESS, "code": invitation["invitation"]["code"], "password": PASSWORD}
    return lambda **changes: new_api().post("/auth/invitation", json={**body, **changes})


def test_it_sets_the_password_and_logs_nobody_in(accept, new_api, invitation):
    response = accept()
    assert (response.status_code, response.json["message"]) == (200, "Invitation accepted")
    assert response.json["user"]["_id"] == invitation["user"]["_id"]
    assert "Set-Cookie" not in response.headers
    assert new_api().called(ADDRESS, PASSWORD).login().status_code == 200


def test_it_works_once(accept):
    assert accept().status_code == 200
    assert code(accept(password="another compiled one")) == (400, "invalid_code")


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_groups_and_case_do_not_matter(accept, invitation, change):
    assert accept(code=change(invitation["invitation"]["code"])).status_code == 200


@pytest.mark.parametrize(("character", "typed"), [("0", "o"), ("1", "l"), ("1", "I"), ("V", "u")])
def test_look_alikes_are_taken_for_what_they_look_like(accept, invitation, character, typed):
    assert accept(code=invitation["invitation"]["code"].replace(character, typed)).status_code == 200


@pytest.mark.parametrize("wrong", ["", "0" * 20, "K7QF9-M2X4T-8ZB3C-YN6WD", "é" * 20, "x" * 10_000])
def test_a_wrong_code_is_refused_and_the_right_one_stays_valid(accept, wrong):
    assert code(accept(code=wrong)) == (400, "invalid_code")
    assert accept().status_code == 200


def test_a_code_of_another_account_an_unknown_address_and_an_old_code_are_one_answer(accept, admin, clock):
    other = admin.post("/users", json={"email": "ada@example.com"}).json["invitation"]["code"]
    answers = [accept(code=other), accept(email="nobody@example.com")]
    clock.advance(days=7, seconds=1)
    answers.append(accept())
    bodies = [{name: value for name, value in each.json.items() if name != "requestId"} for each in answers]
    assert bodies == [bodies[0]] * 3
    assert bodies[0]["code"] == "invalid_code"


def test_an_unknown_address_costs_the_same_commands(accept):
    seen = []
    for changes in ({"code": "0" * 20}, {"email": "nobody@example.com"}):
        with recorded_commands() as commands:
            accept(**changes)
        seen.append(commands)
    assert seen[0] == seen[1]


def test_a_password_that_the_policy_refuses_uses_up_nothing(accept):
    refused = accept(password="password1")
    assert code(refused) == (400, "invalid_request")
    assert list(refused.json["errors"]) == ["password"]
    assert accept().status_code == 200


@pytest.mark.parametrize("field", ["email", "code", "password"])
@pytest.mark.parametrize("value", [None, 7, {"$gt": ""}, "\ud800"])
def test_bad_input_is_refused(accept, field, value):
    assert accept(**{field: value}).status_code == 400


def test_a_password_that_was_set_meanwhile_voids_it(accept, services, invitation):
    services.password_changes.reset(user_id=invitation["user"]["_id"], password="set by the operator")
    assert code(accept()) == (400, "invalid_code")


def test_it_survives_a_change_of_the_secret(accept, app_with, invitation):
    old = app_with().extensions["auth_service"].settings.tokens.secret
    later = Api(app_with(JWT_SECRET="another secret, of 32 characters or more", JWT_SECRET_PREVIOUS=old))
    body = {"email": ADDRESS, "code": invitation["invitation"]["code"], "password": PASSWORD}
    assert later.post("/auth/invitation", json=body).status_code == 200


def test_a_suspended_account_stays_suspended(accept, admin, invitation, new_api):
    assert admin.post(f"/users/{invitation['user']['_id']}/suspension").status_code == 200
    assert accept().status_code == 200
    assert code(new_api().called(ADDRESS, PASSWORD).login()) == (403, "account_suspended")


def test_it_is_in_the_trail(accept, database, invitation):
    accept()
    (event,) = database.audit_events.find({"type": "invitation_accepted"})
    assert str(event["userId"]) == invitation["user"]["_id"]


def test_registration_can_be_closed_and_invitations_still_work(app_with, new_api, admin, database):
    closed = Api(app_with(REGISTRATION="closed"))
    with recorded_commands() as commands:
        assert code(closed.register("eve@example.com")) == (403, "registration_closed")
        assert code(closed.register(admin.email)) == (403, "registration_closed")
    assert commands == []
    closed.access_token = admin.access_token
    invitation = closed.post("/users", json={"email": ADDRESS}).json["invitation"]
    body = {"email": ADDRESS, "code": invitation["code"], "password": PASSWORD}
    assert closed.post("/auth/invitation", json=body).status_code == 200
