"""`POST /profile/email/verification`: the user proves to receive mail at the address of the account."""

from tests.support.mail.people import ask_to_change, ask_to_verify, change, verify


def verified(api, mailbox):
    ask_to_verify(api)
    return verify(api, mailbox.code())


def test_nobody_is_verified_by_registering_logging_in_or_being_made_the_first_admin(mail_user, admin, database):
    admin.post("/users", json={"email": "made@example.com", "password": "an entirely new one"})
    assert database.users.count_documents({}) == 3
    assert database.users.count_documents({"emailVerifiedAt": {"$exists": True}}) == 0


def test_the_code_goes_to_the_address_of_the_account(mail_user, mailbox):
    ask_to_verify(mail_user)
    (message,) = mailbox.deliver()
    assert message["To"] == mail_user.email


def test_it_is_stored_and_audited_and_logs_nobody_out(mail_user, new_mail_api, mailbox, database, clock):
    clock.freeze()
    other = new_mail_api().called(mail_user.email).logged_in()
    before = database.users.find_one({})
    response = verified(mail_user, mailbox)
    after = database.users.find_one({})
    assert after["emailVerifiedAt"] == after["updatedAt"]
    assert after["authVersion"] == before["authVersion"]
    assert other.verify().status_code == mail_user.verify().status_code == 204
    (event,) = database.audit_events.find({"requestId": response.headers["X-Request-ID"]})
    assert (event["type"], event["outcome"], str(event["userId"])) == ("email_verified", "success", mail_user.user_id)


def test_no_answer_of_today_has_a_new_member(mail_user, mailbox):
    before = mail_user.profile().json
    verified(mail_user, mailbox)
    after = mail_user.profile().json
    assert after["user"].keys() == before["user"].keys()
    assert after["session"].keys() == before["session"].keys()


def test_a_verified_address_needs_no_code(mail_user, mailbox):
    verified(mail_user, mailbox)
    response = ask_to_verify(mail_user)
    assert (response.status_code, response.json["code"]) == (409, "already_verified")
    assert mailbox.deliver() == []


def test_two_sessions_have_a_code_each_and_both_verify(mail_user, new_mail_api, mailbox):
    other = new_mail_api().called(mail_user.email).logged_in()
    ask_to_verify(mail_user)
    first = mailbox.code()
    ask_to_verify(other)
    second = mailbox.code()
    assert verify(other, second).status_code == verify(mail_user, first).status_code == 200


def test_a_code_for_the_old_address_does_not_verify_the_new_one(mail_user, mailbox, database):
    ask_to_verify(mail_user)
    old = mailbox.code()
    ask_to_change(mail_user, "new@example.com")
    assert change(mail_user, mailbox.code()).status_code == 200
    database.users.update_one({}, {"$unset": {"emailVerifiedAt": 1}})
    assert verify(mail_user, old).json["code"] == "invalid_code"


def test_wrong_codes_leave_no_event(mail_user, mailbox, database):
    ask_to_verify(mail_user)
    mailbox.deliver()
    before = database.audit_events.count_documents({})
    verify(mail_user, "wrong")
    assert database.audit_events.count_documents({}) == before
