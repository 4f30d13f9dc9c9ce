"""POST /auth/password/reset"""

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.mail.resets import NEW, Forgetful


@pytest.fixture
def reset(forgetful, mailed_code):
    """Resets the owner's password by the code that was mailed, or tries to with other values."""
    return lambda **changes: forgetful.reset(**{"code": mailed_code, **changes})


def test_it_sets_the_password_and_logs_nobody_in(reset, forgetful):
    response = reset()
    assert (response.status_code, response.json) == (200, {"message": "Password reset"})
    assert "Set-Cookie" not in response.headers
    assert code(forgetful.login(password=PASSWORD)) == (401, "invalid_credentials")
    assert forgetful.called(forgetful.email, NEW).login().status_code == 200


def test_all_sessions_and_keys_end_as_after_a_password_change(reset, owner, mail_app, database):
    other = Api(mail_app).called(owner.email).logged_in()
    program = Api(mail_app)
    program.access_token = owner.post("/profile/keys", json={"name": "cron"}).json["secret"]
    assert program.profile().status_code == 200
    assert reset().status_code == 200
    for each in (owner, other, program):
        assert code(each.profile()) == (401, "password_changed")
    for each in (owner, other):
        assert code(each.refresh()) == (401, "password_changed")
    assert {each["reason"] for each in database.sessions.find()} == {"password_changed"}
    ended = database.audit_events.find({"type": "session_ended"})
    assert {each["sessionId"] for each in ended} == {each["sessionId"] for each in database.sessions.find()}


def test_a_known_device_is_a_strangers_afterwards(reset, owner, database):
    before = owner.http.get_cookie("knownDevice", path="/auth").value
    assert reset().status_code == 200
    assert owner.login(password=NEW).status_code == 200
    assert owner.http.get_cookie("knownDevice", path="/auth").value != before


def test_it_works_once(reset):
    assert reset().status_code == 200
    assert code(reset(password="yet another battery")) == (400, "invalid_code")


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_groups_and_case_do_not_matter(reset, mailed_code, change):
    assert reset(code=change(mailed_code)).status_code == 200


@pytest.mark.parametrize("wrong", ["", "0" * 10, "K7QF9-M2X4T", "é" * 10, "x" * 10_000])
def test_a_wrong_code_is_refused_and_the_right_one_stays_good(reset, wrong):
    assert code(reset(code=wrong)) == (400, "invalid_code")
    assert reset().status_code == 200


def test_a_password_that_the_policy_refuses_uses_up_nothing(reset, owner):
    for password in ("short", "password1", "owner owner"):
        refused = reset(password=password)
        assert code(refused) == (400, "invalid_request")
        assert list(refused.json["errors"]) == ["newPassword"]
    assert owner.profile().status_code == 200
    assert reset().status_code == 200


@pytest.mark.parametrize("field", ["email", "code", "newPassword"])
@pytest.mark.parametrize("value", [None, 7, {"$gt": ""}, "\ud800"])
def test_bad_input_is_refused(reset, owner, field, value):
    assert reset(**{field: value}).status_code == 400
    assert owner.profile().status_code == 200


def spent(reset, clock):
    assert reset().status_code == 200
    return reset()


def expired(reset, clock):
    clock.advance(minutes=30)
    return reset()


def test_unknown_wrong_expired_used_and_of_another_account_are_one_answer(forgetful, mailbox, mail_app, clock):
    other = Forgetful(mail_app).registered("other@example.com")
    answers = []
    for end in (spent, expired):
        forgetful.ask()
        own = mailbox.code()
        answers.append(other.reset(own))
        answers.append(forgetful.reset(own, email="nobody@example.com"))
        answers.append(forgetful.reset("00000-00000"))
        answers.append(end(lambda own=own: forgetful.reset(own), clock))
        mailbox.deliver()
    bodies = [{name: value for name, value in each.json.items() if name != "requestId"} for each in answers]
    assert bodies == [bodies[0]] * 8
    assert bodies[0]["code"] == "invalid_code"


def test_it_is_good_until_its_last_moment(reset, clock):
    clock.advance(minutes=29, seconds=50)
    assert reset().status_code == 200


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com", "suspended@example.com"])
def test_a_wrong_code_costs_the_same_commands_whoever_it_is_for(reset, admin, mail_app, email):
    suspended = Api(mail_app).registered("suspended@example.com").user_id
    assert admin.post(f"/users/{suspended}/suspension").status_code == 200
    with recorded_commands() as commands:
        assert code(reset(email=email, code="K7QF9-M2X4T")) == (400, "invalid_code")
    assert commands == [("find", "users"), ("find", "codes"), ("insert", "audit_events")]


def test_a_password_change_voids_it(reset, owner):
    body = {"currentPassword": PASSWORD, "newPassword": "changed in between"}
    assert owner.post("/profile/password", json=body).status_code == 200
    assert code(reset()) == (400, "invalid_code")


def test_the_operator_voids_it_too(reset, owner, services):
    services.password_changes.reset(user_id=owner.user_id, password="set by the operator")
    assert code(reset()) == (400, "invalid_code")


def test_another_address_voids_it(reset, database):
    """Whoever reads the abandoned mailbox has no way in by it."""
    database.users.update_one({"email": "owner@example.com"}, {"$set": {"email": "moved@example.com"}})
    assert code(reset()) == (400, "invalid_code")
    assert code(reset(email="moved@example.com")) == (400, "invalid_code")


def test_a_deletion_voids_it_for_whoever_has_the_address_next(reset, owner, mail_app, database):
    assert owner.delete(f"/users/{owner.user_id}").status_code == 200
    assert database.codes.count_documents({}) == 0
    Api(mail_app).registered(owner.email)
    assert code(reset()) == (400, "invalid_code")


def test_a_suspension_voids_it_as_long_as_it_lasts(reset, admin, owner):
    assert admin.post(f"/users/{owner.user_id}/suspension").status_code == 200
    assert code(reset()) == (400, "invalid_code")
    assert admin.delete(f"/users/{owner.user_id}/suspension").status_code == 200
    assert reset().status_code == 200


def test_a_code_of_another_purpose_is_none(forgetful, mail_app, admin):
    invitation = admin.post("/users", json={"email": "invited@example.com"}).json["invitation"]["code"]
    assert code(forgetful.reset(invitation, email="invited@example.com")) == (400, "invalid_code")


def test_a_code_of_a_reset_accepts_no_invitation(mail_app, mailbox, admin):
    assert admin.post("/users", json={"email": "invited@example.com"}).status_code == 201
    invited = Forgetful(mail_app).called("invited@example.com")
    invited.ask()
    body = {"email": invited.email, "code": mailbox.code(), "password": NEW}
    assert code(invited.http.post("/auth/invitation", json=body)) == (400, "invalid_code")


def test_who_was_invited_can_set_the_first_password_so(mail_app, mailbox, admin):
    invitation = admin.post("/users", json={"email": "invited@example.com"}).json["invitation"]["code"]
    invited = Forgetful(mail_app).called("invited@example.com")
    invited.ask()
    assert invited.reset(mailbox.code()).status_code == 200
    assert invited.called(invited.email, NEW).login().status_code == 200
    body = {"email": invited.email, "code": invitation, "password": "by the invitation"}
    assert code(invited.http.post("/auth/invitation", json=body)) == (400, "invalid_code")


def test_it_survives_a_change_of_the_secret(forgetful, mailed_code, app_with, mail_app):
    old = mail_app.extensions["auth_service"].settings.tokens.secret
    later = app_with(
        JWT_SECRET="another secret, of 32 characters or more",
        JWT_SECRET_PREVIOUS=old,
        MAIL_URL="file:/nowhere",
        MAIL_FROM="a@example.com",
    )
    assert Forgetful(later).called(forgetful.email).reset(mailed_code).status_code == 200


def test_nothing_stored_is_the_code(mailed_code, database):
    for name in database.list_collection_names():
        for document in database[name].find():
            assert mailed_code not in str(document)
            assert mailed_code.replace("-", "") not in str(document)


def test_failures_and_the_success_are_in_the_owners_trail(reset, forgetful):
    reset(code="K7QF9-M2X4T")
    assert reset().status_code == 200
    forgetful.called(forgetful.email, NEW).logged_in()
    events = forgetful.get("/profile/audit?type=password_reset").json["events"]
    assert [(each["outcome"], each["reason"]) for each in events] == [("success", None), ("failure", "invalid_code")]


def test_the_owner_gets_a_notice(reset, forgetful, mailbox):
    assert reset().status_code == 200
    (notice,) = mailbox.deliver()
    assert notice["To"] == forgetful.email


def test_the_address_is_verified_by_it_and_keeps_its_first_time(reset, forgetful, mailbox, clock, database):
    assert "emailVerifiedAt" not in database.users.find_one({"email": forgetful.email})
    assert reset().status_code == 200
    first = database.users.find_one({"email": forgetful.email})["emailVerifiedAt"]
    clock.advance(hours=1)
    mailbox.deliver()
    forgetful.ask()
    assert forgetful.reset(mailbox.code(), password="the third battery").status_code == 200
    assert database.users.find_one({"email": forgetful.email})["emailVerifiedAt"] == first


def test_whoever_registered_with_another_persons_address_has_nothing_left_of_it(mail_app, mailbox, database):
    """Pre-hijacking, step by step as in Keycloak#48206: nobody proved the address before its owner came."""
    address = "victim@example.com"
    attacker = Api(mail_app).registered(address).logged_in()
    second = Api(mail_app).called(address).logged_in()
    program = Api(mail_app)
    program.access_token = attacker.post("/profile/keys", json={"name": "backdoor"}).json["secret"]
    mailbox.deliver()
    victim = Forgetful(mail_app).called(address)
    victim.ask()
    assert victim.reset(mailbox.code()).status_code == 200
    for api in (attacker, second):
        assert code(api.profile()) == code(api.refresh()) == (401, "password_changed")
        assert code(api.login()) == (401, "invalid_credentials")
    assert code(program.profile()) == (401, "password_changed")
    assert database.codes.count_documents({}) == 0
    assert database.sessions.count_documents({"endedAt": None}) == 0
    victim.called(address, NEW).logged_in()
    assert len(victim.get("/sessions").json["sessions"]) == 1
    assert victim.get("/sessions?kind=key").json["sessions"] == []
