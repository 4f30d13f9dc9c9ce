"""`POST /profile/email`: the account gets the address that its user proves to receive mail at."""

import pytest

from tests.support.api import PASSWORD, cookie_attributes
from tests.support.mail.mailbox import code_in
from tests.support.mail.people import ask_to_change, ask_to_verify, change, wrong

NEW = "new@example.com"


def changed(api, mailbox, new=NEW):
    assert ask_to_change(api, new).status_code == 202
    return change(api, mailbox.code())


def test_the_code_goes_to_the_new_address_and_nothing_changes_before_it_is_typed(mail_user, mailbox, database):
    before = database.users.find_one({})
    ask_to_change(mail_user, " New@EXAMPLE.com ")
    (message,) = mailbox.deliver()
    assert message["To"] == NEW
    assert database.users.find_one({}) == before


def test_it_answers_with_an_access_token_and_a_new_cookie(mail_user, mailbox):
    before = mail_user.refresh_token
    response = changed(mail_user, mailbox)
    assert (response.status_code, set(response.json)) == (200, {"message", "accessToken"})
    cookie = cookie_attributes(response)
    assert cookie["value"] not in ("", before)
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/auth", "Strict", True, True)


def test_the_new_tokens_go_on_with_the_same_session_and_the_old_ones_do_not(mail_user, new_mail_api, mailbox, clock):
    session_id = mail_user.session_id
    old = new_mail_api()
    old.refresh_token = mail_user.refresh_token
    changed(mail_user, mailbox)
    assert mail_user.refresh().status_code == 200
    assert mail_user.session_id == session_id
    assert old.refresh().json["code"] == "refresh_superseded"


def test_the_new_address_logs_in_and_the_old_one_does_not(mail_user, new_mail_api, mailbox):
    changed(mail_user, mailbox)
    assert new_mail_api().login(NEW, PASSWORD).status_code == 200
    response = new_mail_api().login("user@example.com", PASSWORD)
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")


def test_the_new_address_is_verified_and_the_profile_has_it(mail_user, mailbox, database):
    version = database.users.find_one({})["authVersion"]
    changed(mail_user, mailbox)
    user = database.users.find_one({})
    assert mail_user.profile().json["user"]["email"] == user["email"] == NEW
    assert user["emailVerifiedAt"] == user["updatedAt"]
    assert user["authVersion"] == version + 1


def test_all_other_sessions_and_keys_end(mail_user, new_mail_api, mailbox, database):
    others = [new_mail_api().called(mail_user.email).logged_in() for _ in range(2)]
    program = new_mail_api()
    program.access_token = mail_user.post("/profile/keys", json={"name": "cron"}).json["secret"]
    mailbox.deliver()  # of the key
    stranger = new_mail_api().registered("other@example.com").logged_in()
    changed(mail_user, mailbox)
    for response in [*[other.verify() for other in others], *[other.refresh() for other in others], program.verify()]:
        assert (response.status_code, response.json["code"]) == (401, "email_changed")
    assert mail_user.verify().status_code == stranger.verify().status_code == 204
    reasons = [each["reason"] for each in mail_user.get("/sessions/history").json["sessions"]]
    assert reasons == ["email_changed"] * len(reasons)
    assert database.sessions.count_documents({"reason": "email_changed"}) == 3


def test_it_is_written_down_with_the_sessions_it_ended(mail_user, new_mail_api, mailbox, database):
    ended = new_mail_api().called(mail_user.email).logged_in().session_id
    response = changed(mail_user, mailbox)
    events = list(database.audit_events.find({"requestId": response.headers["X-Request-ID"]}))
    described = {(event["type"], event["outcome"], event.get("reason"), event.get("sessionId")) for event in events}
    assert ("session_ended", "success", "email_changed", ended) in described
    assert [event["outcome"] for event in events if event["type"] == "email_changed"] == ["success"]


def test_both_addresses_hear_of_it(mail_user, mailbox, database):
    changed(mail_user, mailbox)
    stored = database.mails.find_one({"kind": "email_changed"})["values"]
    assert (stored["old"], stored["new"]) == ("user@example.com", NEW)
    assert {"when", "device", "place"} <= stored.keys()
    assert [message["To"] for message in mailbox.deliver()] == ["user@example.com", NEW]


def test_an_old_address_hears_of_every_change_however_many_there_are_in_an_hour(mail_user, mailbox):
    heard = []
    for new in (NEW, "user@example.com", "third@example.com"):
        changed(mail_user, mailbox, new)
        heard += [message["To"] for message in mailbox.deliver()]
    assert heard == ["user@example.com", NEW, NEW, "user@example.com", "user@example.com", "third@example.com"]


def test_all_codes_of_the_user_are_void(mail_user, new_mail_api, mailbox, database):
    other = new_mail_api().called(mail_user.email).logged_in()
    ask_to_verify(mail_user)
    ask_to_change(other, "third@example.com")
    mailbox.deliver()
    assert database.codes.count_documents({}) == 2
    changed(mail_user, mailbox)
    assert database.codes.count_documents({}) == 0


def test_the_password_stays(mail_user, mailbox, database):
    before = database.users.find_one({})["password"]
    changed(mail_user, mailbox)
    assert database.users.find_one({})["password"] == before


def test_a_known_device_of_the_old_address_is_unknown_until_the_next_login(mail_user, mailbox):
    device = mail_user.http.get_cookie("knownDevice", path="/auth").value
    changed(mail_user, mailbox)
    assert mail_user.http.get_cookie("knownDevice", path="/auth").value == device
    mail_user.called(NEW).logged_in()
    assert mail_user.http.get_cookie("knownDevice", path="/auth").value != device


def test_whoever_gets_the_old_address_gets_nothing_of_the_account(mail_user, new_mail_api, mailbox):
    device = mail_user.http.get_cookie("knownDevice", path="/auth").value
    changed(mail_user, mailbox)
    newcomer = new_mail_api().registered("user@example.com")
    newcomer.http.set_cookie("knownDevice", device, path="/auth")
    assert newcomer.logged_in().user_id != mail_user.user_id
    assert newcomer.http.get_cookie("knownDevice", path="/auth").value != device


def test_the_latest_address_counts(mail_user, mailbox):
    ask_to_change(mail_user, "first@example.com")
    first = mailbox.code()
    ask_to_change(mail_user, "second@example.com")
    second = mailbox.code()
    if first != second:  # one in a million
        assert change(mail_user, first).json["code"] == "invalid_code"
    assert change(mail_user, second).status_code == 200
    assert mail_user.profile().json["user"]["email"] == "second@example.com"


def test_another_spelling_of_ones_own_address_is_no_change(mail_user):
    for same in ("user@example.com", " USER@Example.COM ", "\uff55ser@example.com"):
        response = ask_to_change(mail_user, same)
        assert (response.status_code, response.json["code"]) == (400, "email_unchanged")


def test_it_needs_a_login_of_a_moment_ago(mail_user, mailbox, clock):
    clock.freeze()
    clock.advance(minutes=10, seconds=1)
    mail_user.refresh()
    response = ask_to_change(mail_user, NEW)
    assert (response.status_code, response.json["code"]) == (401, "fresh_authentication_required")
    assert mailbox.deliver() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "newEmail"),
        ({"email": NEW}, "newEmail"),
        ({"newEmail": None}, "newEmail"),
        ({"newEmail": 1}, "newEmail"),
        ({"newEmail": [NEW]}, "newEmail"),
        ({"newEmail": {"$ne": ""}}, "newEmail"),
        ({"newEmail": ""}, "newEmail"),
        ({"newEmail": "no address"}, "newEmail"),
        ({"newEmail": "a@b"}, "newEmail"),
        ({"newEmail": "a@company.test"}, "newEmail"),
        ({"newEmail": f"{NEW}\r\nBcc: all@example.com"}, "newEmail"),
        ({"newEmail": f"{NEW},all@example.com"}, "newEmail"),
        ({"newEmail": "x" * 300 + "@example.com"}, "newEmail"),
        ({"newEmail": NEW, "password": PASSWORD}, "password"),
    ],
)
def test_what_is_no_address_is_400_and_names_the_field(mail_user, mailbox, body, field):
    response = mail_user.post("/profile/email", json=body)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert field in response.json["errors"]
    assert mailbox.deliver() == []


def test_a_wrong_code_ends_no_session(mail_user, new_mail_api, mailbox):
    other = new_mail_api().called(mail_user.email).logged_in()
    ask_to_change(mail_user, NEW)
    (message,) = mailbox.deliver()
    assert change(mail_user, wrong(code_in(message))).status_code == 400
    assert other.verify().status_code == 204
