"""With `REGISTER_VERIFY`, an account is made only by the code that was mailed to its address."""

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.mail.mailbox import code_in, emptied
from tests.support.mail.people import confirm_registration, wrong

EMAIL = "ada@example.com"


@pytest.fixture
def mails(app, verifying):
    return emptied(*verifying)


@pytest.fixture
def browser(app, verifying):
    return Api(verifying[0])


def begun(api, email=EMAIL):
    """The id of a registration that was asked for."""
    response = api.register(email)
    assert (response.status_code, set(response.json)) == (202, {"message", "registration"})
    assert response.json["message"] == "Check your mail"
    return response.json["registration"]


def refused(response, status=400, code="invalid_code"):
    return (response.status_code, response.json["code"]) == (status, code)


def test_there_is_no_account_before_the_code_and_one_with_a_verified_address_after_it(browser, mails, database):
    registration = begun(browser)
    assert database.users.count_documents({}) == 0
    response = confirm_registration(browser, registration, mails.code())
    assert (response.status_code, response.json["message"]) == (201, "User registered successfully")
    assert set(response.json) == {"message", "user"}
    user = database.users.find_one({})
    assert response.json["user"]["_id"] == str(user["_id"])
    assert user["emailVerifiedAt"] == user["createdAt"] == user["passwordChangedAt"]
    assert (user["email"], user["role"]) == (EMAIL, "user")


def test_the_password_of_the_request_logs_in(browser, mails):
    assert refused(browser.login(), 401, "invalid_credentials")
    confirm_registration(browser, begun(browser), mails.code())
    assert browser.login().status_code == 200


def test_the_id_is_128_bits_and_of_no_use_without_the_code(browser, mails, database):
    registration = begun(browser)
    assert len(bytes.fromhex(registration)) == 16
    assert refused(confirm_registration(browser, registration, registration))
    assert mails.code() not in str(database.codes.find_one({}))


def test_it_is_audited_as_a_registration(browser, mails, database):
    registration = begun(browser)
    assert database.audit_events.count_documents({}) == 0
    response = confirm_registration(browser, registration, mails.code())
    (event,) = database.audit_events.find({})
    assert (event["type"], event["outcome"], event["reason"]) == ("register", "success", "user")
    assert str(event["userId"]) == response.json["user"]["_id"]


def test_nothing_of_it_is_left(browser, mails, database):
    confirm_registration(browser, begun(browser), mails.code())
    assert database.codes.count_documents({}) == 0
    assert "to" not in database.mails.find_one({})


def test_a_code_works_once(browser, mails, database):
    registration, code = begun(browser), mails.code()
    assert confirm_registration(browser, registration, code).status_code == 201
    assert refused(confirm_registration(browser, registration, code))
    database.users.delete_many({})
    assert refused(confirm_registration(browser, registration, code))


def test_a_code_of_another_registration_is_refused(browser, mails):
    first, second = begun(browser, "one@example.com"), begun(browser, "two@example.com")
    codes = [code_in(message) for message in mails.deliver()]
    if codes[0] != codes[1]:  # one in a million
        assert refused(confirm_registration(browser, second, codes[0]))
    assert confirm_registration(browser, first, codes[0]).status_code == 201


def test_after_five_wrong_codes_the_right_one_is_refused(browser, mails):
    registration, code = begun(browser), mails.code()
    for _ in range(5):
        assert refused(confirm_registration(browser, registration, wrong(code)))
    assert refused(confirm_registration(browser, registration, code))
    registration, code = begun(browser), mails.code()
    for _ in range(4):
        assert refused(confirm_registration(browser, registration, wrong(code)))
    assert confirm_registration(browser, registration, code).status_code == 201


def test_it_expires_after_ten_minutes(browser, mails, clock):
    clock.freeze()
    registration, code = begun(browser), mails.code()
    clock.advance(minutes=10)
    assert refused(confirm_registration(browser, registration, code))


def test_a_mail_that_comes_too_late_is_not_sent(browser, mails, database, clock):
    begun(browser)
    clock.advance(minutes=10)
    assert mails.deliver() == []
    assert database.mails.count_documents({}) == 0


def test_a_code_that_was_not_mailed_makes_no_account(browser, mails, database, clock):
    """Five registrations an hour are mailed for one address; the others answer the same, and no guess can be right."""
    registrations = [begun(browser) for _ in range(7)]
    assert len(mails.deliver()) == 5
    assert database.codes.count_documents({"mailedAt": {"$exists": True}}) == 5
    assert database.audit_events.count_documents({"type": "mail_suppressed", "reason": "registration"}) == 2
    unmailed = {code["_id"].hex() for code in database.codes.find({"mailedAt": None})}
    assert unmailed == set(registrations[5:])


def test_taken_meanwhile_who_has_the_code_is_told(browser, mails, services):
    registration, code = begun(browser), mails.code()
    services.registration.register(email=EMAIL, password=PASSWORD)
    assert refused(confirm_registration(browser, registration, wrong(code)))
    assert refused(confirm_registration(browser, registration, code), 409, "email_taken")


def test_while_registration_is_closed_nobody_registers_and_nothing_is_done(app, app_with, browser, mails, database):
    closed = Api(
        app_with(REGISTRATION="closed", REGISTER_VERIFY="true", MAIL_URL="file:/nowhere", MAIL_FROM="a@example.com")
    )
    registration, code = begun(browser), mails.code()
    database.mails.delete_many({})
    assert refused(closed.register(), 403, "registration_closed")
    assert refused(closed.register(password="x"), 403, "registration_closed")
    assert refused(confirm_registration(closed, registration, code), 403, "registration_closed")
    assert database.mails.count_documents({}) == database.users.count_documents({}) == 0


@pytest.mark.parametrize("password", ["short", "password123", "ada", "x" * 1025])
def test_the_policy_is_asked_before_anything_is_mailed(browser, mails, database, password):
    response = browser.register(password=password)
    assert refused(response, 400, "invalid_request")
    assert set(response.json["errors"]) == {"password"}
    assert database.codes.count_documents({}) == database.mails.count_documents({}) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "registration"),
        ({"registration": "0" * 32}, "code"),
        ({"registration": None, "code": "123456"}, "registration"),
        ({"registration": 7, "code": "123456"}, "registration"),
        ({"registration": {"$ne": ""}, "code": "123456"}, "registration"),
        ({"registration": "0" * 32, "code": 123456}, "code"),
        ({"registration": "0" * 32, "code": "123456", "role": "admin"}, "role"),
    ],
)
def test_a_body_that_is_no_confirmation_is_400(browser, body, field):
    response = browser.post("/auth/register/confirm", json=body)
    assert refused(response, 400, "invalid_request")
    assert field in response.json["errors"]


HOSTILE = ["", " ", "0" * 31, "0" * 33, "0" * 32, "F" * 32, "g" * 32, " " * 32, "00 " * 16, "\u0660" * 32]


@pytest.mark.parametrize("registration", HOSTILE, ids=range(len(HOSTILE)))
def test_an_id_of_no_registration_is_a_wrong_code(browser, registration):
    assert refused(confirm_registration(browser, registration, "123456"))


def test_the_code_of_a_session_is_no_registration(mail_user, mailbox, browser, database):
    mail_user.post("/profile/email/verification")
    code = mailbox.code()
    registration = database.codes.find_one({})["_id"].hex()
    assert refused(confirm_registration(browser, registration, code))
    assert database.codes.find_one({})["tries"] == 0


def test_without_mail_there_is_nothing_to_confirm(api):
    assert refused(confirm_registration(api, "0" * 32, "123456"), 404, "not_found")


def test_without_the_setting_a_registration_makes_the_account_at_once(mail_user, new_mail_api, mailbox, database):
    assert new_mail_api().register("grace@example.com").status_code == 201
    assert "emailVerifiedAt" not in database.users.find_one({"email": "grace@example.com"})
    assert mailbox.deliver() == []


def test_a_role_in_the_request_makes_nobody_anything(browser, mails, database):
    response = browser.register(EMAIL, role="admin")
    confirm_registration(browser, response.json["registration"], mails.code())
    assert database.users.find_one({})["role"] == "user"
