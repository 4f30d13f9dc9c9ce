"""Setting up, listing, renaming and removing second factors."""

import re

import pytest
from bson import ObjectId

from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN

UNKNOWN = "0" * 24
RECOVERY_CODE = re.compile(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{4}")


def test_an_app_gets_a_secret_its_uri_and_a_picture_of_that(member):
    begun = member.begin()
    assert begun.status_code == 201
    assert re.fullmatch(r"[A-Z2-7]{32}", begun.json["secret"])
    assert begun.json["uri"].startswith("otpauth://totp/auth_service:")
    assert f"secret={begun.json['secret']}" in begun.json["uri"]
    assert begun.json["qr"].startswith("data:image/svg+xml")


def test_an_app_is_no_factor_before_its_first_code(member, browser_of):
    assert member.begin().status_code == 201
    assert member.factors() == {"message": "Factors fetched", "factors": [], "recoveryCodesLeft": 0}
    assert browser_of(member).login().status_code == 200


def test_the_first_factor_comes_with_recovery_codes_once(member):
    first = member.enrol()
    assert first.json["factor"]["kind"] == "totp"
    assert "synced" not in first.json["factor"]
    assert len(set(first.json["recoveryCodes"])) == 8
    assert all(RECOVERY_CODE.fullmatch(code) for code in member.recovery_codes)
    assert "recoveryCodes" not in member.enrol("Tablet").json
    assert member.factors()["recoveryCodesLeft"] == 8


def test_nothing_secret_lies_in_the_database_as_it_is(holder, database):
    stored = "".join(str(record) for name in ("factors", "recovery_codes", "users") for record in database[name].find())
    assert holder.secret not in stored
    assert all(code not in stored and code.replace("-", "") not in stored for code in holder.recovery_codes)


def test_enrolling_ends_all_other_sessions_and_keeps_this_one(member, browser_of, database):
    other = browser_of(member).logged_in()
    old = member.access_token
    member.enrol()
    response = other.profile()
    assert (response.status_code, response.json["code"]) == (401, "factors_changed")
    assert other.refresh().json["code"] == "factors_changed"
    assert member.profile().status_code == 200
    assert member.refresh().status_code == 200
    assert member.access_token != old
    assert database.audit_events.count_documents({"type": "session_ended", "reason": "factors_changed"}) == 1


def test_enrolling_ends_no_api_key(member, browser_of):
    program = browser_of(member)
    program.access_token = member.post("/profile/keys", json={"name": "cron"}).json["secret"]
    member.enrol()
    assert program.profile().status_code == 200


def test_a_wrong_first_code_ends_nothing(member, browser_of):
    other = browser_of(member).logged_in()
    begun = member.begin().json
    member.secret = begun["secret"]
    wrong = "000000" if member.code() != "000000" else "111111"
    response = member.confirm_app(begun["factorId"], wrong)
    assert (response.status_code, response.json["code"]) == (400, "invalid_code")
    assert other.profile().status_code == 200


def test_another_set_up_voids_the_one_that_waits(member):
    first = member.begin().json
    second = member.begin().json
    member.secret = first["secret"]
    assert member.confirm_app(first["factorId"], member.code()).json["code"] == "factor_not_found"
    member.secret = second["secret"]
    assert member.confirm_app(second["factorId"], member.code()).status_code == 200


def test_a_set_up_waits_for_ten_minutes(member, clock):
    begun = member.begin().json
    member.secret = begun["secret"]
    clock.advance(seconds=601)
    assert member.confirm_app(begun["factorId"], member.code()).json["code"] == "factor_not_found"


def test_the_set_up_of_somebody_else_cannot_be_confirmed(member, browser_of):
    begun = member.begin().json
    mallory = browser_of(member).called("mallory@example.com").registered().logged_in()
    mallory.secret = begun["secret"]
    assert mallory.confirm_app(begun["factorId"], mallory.code()).json["code"] == "factor_not_found"


def test_a_user_has_ten_factors_at_most(member, database):
    for number in range(10):
        passkey = Authenticator(ORIGIN).create(member.creation_options())
        assert member.add_passkey(passkey, f"{number}").status_code == 201
    for refused in (member.begin(), member.post("/profile/factors/passkeys/options")):
        assert (refused.status_code, refused.json["code"]) == (409, "too_many_factors")
    assert len(member.factors()["factors"]) == 10


@pytest.mark.parametrize("name", ["", "x" * 101, None, 5, ["x"]])
def test_a_factor_has_a_name(holder, name):
    factor_id = holder.factors()["factors"][0]["factorId"]
    assert holder.begin(name).json["code"] == "invalid_request"
    assert holder.rename(factor_id, name).status_code == 400


def test_a_factor_can_be_renamed(holder):
    factor_id = holder.factors()["factors"][0]["factorId"]
    response = holder.rename(factor_id, "Old phone")
    assert response.status_code == 200
    assert response.json["factor"]["name"] == "Old phone"
    assert [each["name"] for each in holder.factors()["factors"]] == ["Old phone"]


def test_removing_the_last_factor_removes_the_recovery_codes_and_ends_other_sessions(holder, browser_of, database):
    other = browser_of(holder).logged_in_by_code()
    factor_id = holder.factors()["factors"][0]["factorId"]
    assert holder.delete(f"/profile/factors/{factor_id}").status_code == 200
    assert other.profile().json["code"] == "factors_changed"
    assert holder.factors() == {"message": "Factors fetched", "factors": [], "recoveryCodesLeft": 0}
    assert "secondFactor" not in database.users.find_one({"email": holder.email})
    assert browser_of(holder).login().status_code == 200
    assert database.sessions.find_one({"sessionId": holder.session_id})["amr"] == ["pwd", "otp"]


def test_removing_one_of_several_keeps_the_others_and_the_recovery_codes(holder, browser_of, authenticator):
    holder.add_passkey(authenticator.create(holder.creation_options()))
    app, passkey = holder.factors()["factors"]
    assert holder.delete(f"/profile/factors/{app['factorId']}").status_code == 200
    assert holder.factors()["recoveryCodesLeft"] == 8
    assert browser_of(holder).login().json["methods"] == ["passkey", "recovery_code"]
    assert passkey["kind"] == "passkey"


@pytest.mark.parametrize("method", ["delete", "patch"])
def test_factors_of_others_and_unknown_ones_are_not_found(holder, browser_of, method):
    factor_id = holder.factors()["factors"][0]["factorId"]
    mallory = browser_of(holder).called("mallory@example.com").registered().logged_in()
    for path in (factor_id, UNKNOWN):
        call = getattr(mallory.http, method)
        options = {"json": {"name": "x"}} if method == "patch" else {}
        response = call(f"/profile/factors/{path}", **mallory._bearer(options))
        assert (response.status_code, response.json["code"]) == (404, "factor_not_found")


def test_new_recovery_codes_void_the_old_ones(holder, browser_of):
    old = holder.recovery_codes
    response = holder.post("/profile/recovery-codes")
    assert response.status_code == 200
    assert not set(response.json["recoveryCodes"]) & set(old)
    browser = browser_of(holder)
    assert browser.second_step(browser.ticket(), recoveryCode=old[0]).json["code"] == "invalid_code"
    code = response.json["recoveryCodes"][0]
    assert browser.second_step(browser.ticket(), recoveryCode=code).status_code == 200


def test_whoever_has_no_factor_gets_no_recovery_codes(member):
    assert member.post("/profile/recovery-codes").json["code"] == "factor_not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/profile/factors/totp"),
        ("post", "/profile/factors/passkeys/options"),
        ("post", "/profile/factors/passkeys"),
        ("delete", f"/profile/factors/{UNKNOWN}"),
        ("post", "/profile/recovery-codes"),
    ],
)
def test_a_stolen_session_that_is_not_fresh_changes_nothing(member, clock, method, path):
    clock.advance(minutes=11)
    response = getattr(member, method)(path, json={"name": "x"})
    assert (response.status_code, response.json["code"]) == (401, "fresh_authentication_required")


def test_a_deleted_account_leaves_no_factors(holder, database):
    assert holder.delete(f"/users/{holder.user_id}").status_code == 200
    assert database.users.count_documents({"secondFactor": {"$exists": True}}) == 0


def test_enrolment_and_removal_are_mailed_and_audited(holder, database):
    factor_id = holder.factors()["factors"][0]["factorId"]
    holder.delete(f"/profile/factors/{factor_id}")
    assert {"factor_added", "factor_removed"} <= {mail["kind"] for mail in database.mails.find()}
    assert {"factor_added", "factor_removed"} <= {event["type"] for event in database.audit_events.find()}


def test_the_mails_about_factors_say_which(holder, factor_mailbox):
    texts = [message.get_body("plain").get_content() for message in factor_mailbox.deliver()]
    assert any("Name: Phone" in text for text in texts)


# what admins do


@pytest.fixture
def root(member, browser_of, factor_app):
    """An admin."""
    made = browser_of(member).called("root@example.com").registered()
    services = factor_app.extensions["auth_service"].services
    services.roles.change_role(user_id=made.user_id, role="admin")
    return made.logged_in()


def test_an_admin_sees_and_removes_the_factors_of_a_user(root, holder, browser_of, database):
    path = f"/users/{holder.user_id}/factors"
    assert [each["kind"] for each in root.get(path).json["factors"]] == ["totp"]
    response = root.delete(path)
    assert (response.status_code, response.json["removed"]) == (200, 1)
    assert holder.profile().json["code"] == "factors_changed"
    assert browser_of(holder).login().status_code == 200
    assert database.audit_events.count_documents({"type": "factor_removed", "actorId": ObjectId(root.user_id)}) == 1


def test_a_user_sees_nobody_elses_factors(holder, browser_of):
    mallory = browser_of(holder).called("mallory@example.com").registered().logged_in()
    for path in (f"/users/{holder.user_id}/factors", f"/users/{mallory.user_id}/factors"):
        assert mallory.get(path).status_code == 403
        assert mallory.delete(path).status_code == 403


def test_removing_what_is_not_there_is_no_error(root, member):
    assert root.delete(f"/users/{member.user_id}/factors").json["removed"] == 0
    assert root.delete(f"/users/{UNKNOWN}/factors").json["code"] == "user_not_found"
