"""An address that is changed while something else happens to the account, to the session, or to the new address."""

import pytest
from bson import ObjectId

from tests.support.api import PASSWORD, Api
from tests.support.mail.mailbox import code_in
from tests.support.mail.people import ask_to_change, ask_to_verify, change, verify
from tests.support.parallel import at_once

NEW_PASSWORD = "a wholly different one"


class People:
    """Makes people of `app` who have asked for a code, and have it."""

    def __init__(self, app, mailbox, database):
        self.app, self.mailbox, self.database = app, mailbox, database

    def logged_in(self, number):
        return Api(self.app).registered(f"user{number}@example.com").logged_in()

    def asked(self, api, new):
        """The code by which a client can change the address to `new`."""
        self.database.mails.delete_many({})  # how many mails one address gets is bounded
        assert ask_to_change(api, new).status_code == 202
        (message,) = [each for each in self.mailbox.deliver() if each["To"] == new]
        return code_in(message)

    def browser_of(self, api):
        return Api(self.app).called(api.email, api.password).logged_in()


@pytest.fixture
def people(mail_app, mailbox, database):
    return People(mail_app, mailbox, database)


def active_sessions(database, api):
    return database.sessions.count_documents({"endedAt": None, "userId": object_id(api)})


def confirmation(api, code):
    return lambda: change(api, code)


def object_id(api):
    return ObjectId(api.user_id)


def email_of(database, api):
    return database.users.find_one({"_id": object_id(api)})["email"]


def test_one_code_changes_the_address_once(rounds, people, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        copies = [Api(people.app) for _ in range(3)]
        for copy in copies:
            copy.access_token = api.access_token
        answers = at_once(*[confirmation(copy, code) for copy in copies])
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400]
        user = database.users.find_one({"_id": object_id(api)})
        assert (user["email"], user["authVersion"]) == (f"new{number}@example.com", 1)
        assert database.mails.count_documents({"kind": "email_changed"}) == 2


def test_of_two_sessions_that_confirm_two_changes_one_wins_at_most_and_nobody_else_is_in(rounds, people, database):
    for number in range(rounds):
        first = people.logged_in(number)
        second = people.browser_of(first)
        wanted = [f"first{number}@example.com", f"second{number}@example.com"]
        codes = [people.asked(api, new) for api, new in zip((first, second), wanted, strict=True)]
        answers = at_once(lambda: change(first, codes[0]), lambda: change(second, codes[1]))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) <= 1
        assert {answer.json.get("code") for answer in answers} <= {None, "email_changed", "invalid_code"}
        if 200 in statuses:
            assert email_of(database, first) == wanted[statuses.index(200)]
            assert database.codes.count_documents({"userId": object_id(first)}) == 0
        else:  # each ended the other's session before its own transaction began
            assert email_of(database, first) == first.email
        assert active_sessions(database, first) <= 1


def test_two_users_who_change_to_one_address_do_not_both_get_it(rounds, people, database):
    for number in range(rounds):
        new = f"new{number}@example.com"
        pair = [people.logged_in(f"{number}a"), people.logged_in(f"{number}b")]
        codes = [people.asked(api, new) for api in pair]
        answers = at_once(confirmation(pair[0], codes[0]), confirmation(pair[1], codes[1]))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        assert {answer.json.get("code") for answer in answers} == {None, "invalid_code"}
        assert database.users.count_documents({"email": new}) == 1
        assert [api.verify().status_code for api in pair] == [204, 204]


def test_against_a_login_no_session_of_the_old_address_is_left(rounds, people, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        other = Api(people.app).called(api.email)
        changed, login = at_once(confirmation(api, code), other.login)
        assert changed.status_code == 200
        assert login.status_code in (200, 401)
        assert active_sessions(database, api) == 1
        if login.status_code == 200:
            assert other.verify().json["code"] == "email_changed"


def test_against_a_refresh_of_its_own_session_the_session_lives_with_one_chain(rounds, people, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        other = Api(people.app)
        other.refresh_token = api.refresh_token
        changed, refreshed = at_once(confirmation(api, code), other.refresh)
        assert changed.status_code == 200
        assert (refreshed.status_code, refreshed.json.get("code")) in {(200, None), (401, "refresh_superseded")}
        assert api.refresh().status_code == 200
        assert active_sessions(database, api) == 1


def test_against_a_refresh_of_another_session_that_one_is_out(rounds, people):
    for number in range(rounds):
        api = people.logged_in(number)
        other = people.browser_of(api)
        code = people.asked(api, f"new{number}@example.com")
        changed, refreshed = at_once(confirmation(api, code), other.refresh)
        assert changed.status_code == 200
        assert (refreshed.status_code, refreshed.json.get("code")) in {(200, None), (401, "email_changed")}
        assert other.verify().json["code"] == other.refresh().json["code"] == "email_changed"


def test_against_a_password_change_of_another_session_one_of_them_wins_or_none(rounds, people, database):
    for number in range(rounds):
        api = people.logged_in(number)
        other = people.browser_of(api)
        code = people.asked(api, f"new{number}@example.com")
        body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
        changed, password = at_once(
            confirmation(api, code), lambda: other.http.post("/profile/password", json=body, headers=bearer(other))
        )
        assert [changed.status_code, password.status_code].count(200) <= 1
        assert changed.json.get("code") in (None, "password_changed")
        assert password.json.get("code") in (None, "email_changed")
        email = f"new{number}@example.com" if changed.status_code == 200 else api.email
        stands = NEW_PASSWORD if password.status_code == 200 else PASSWORD
        assert Api(people.app).login(email, stands).status_code == 200


def bearer(api):
    return {"Authorization": f"Bearer {api.access_token}"}


def test_against_a_suspension_the_account_is_suspended_with_no_session(rounds, people, admin, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        changed, suspended = at_once(
            confirmation(api, code), lambda: admin.post(f"/users/{api.user_id}/suspension", json={})
        )
        assert suspended.status_code == 200
        assert (changed.status_code, changed.json.get("code")) in {(200, None), (401, "suspended")}
        assert active_sessions(database, api) == 0
        assert api.verify().json["code"] == "suspended"


def test_against_a_deletion_nothing_is_left(rounds, people, admin, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        changed, deleted = at_once(confirmation(api, code), lambda: admin.delete(f"/users/{api.user_id}"))
        assert deleted.status_code == 200
        assert (changed.status_code, changed.json.get("code")) in {
            (200, None),
            (400, "invalid_code"),
            (401, "invalid_token"),
        }
        assert database.users.count_documents({"_id": object_id(api)}) == 0
        assert database.sessions.count_documents({"userId": object_id(api), "endedAt": None}) == 0
        assert database.codes.count_documents({}) == 0


def test_a_verification_against_a_change_never_verifies_another_address(rounds, people, mailbox, database):
    for number in range(rounds):
        api = people.logged_in(number)
        code = people.asked(api, f"new{number}@example.com")
        ask_to_verify(api)
        (message,) = [each for each in mailbox.deliver() if each["To"] == api.email]
        copy = Api(people.app)
        copy.access_token = api.access_token
        changed, verified = at_once(confirmation(api, code), lambda: verify(copy, code_in(message)))
        assert changed.status_code == 200
        assert verified.status_code in (200, 400)
        user = database.users.find_one({"_id": object_id(api)})
        assert user["email"] == f"new{number}@example.com"
        assert user["emailVerifiedAt"] == user["updatedAt"]


def test_asked_for_several_times_at_once_there_is_one_code_and_one_mail(rounds, people, mailbox, database):
    for number in range(rounds):
        api = people.logged_in(number)
        database.mails.delete_many({})
        asked = at_once(*[lambda api=api: ask_to_verify(api)] * 4)
        assert [answer.status_code for answer in asked] == [202] * 4
        (message,) = mailbox.deliver()
        assert database.codes.count_documents({"userId": object_id(api)}) == 1
        assert verify(api, code_in(message)).status_code == 200


def test_asked_for_several_addresses_at_once_one_code_works(rounds, people, mailbox, database):
    for number in range(rounds):
        api, wanted = people.logged_in(number), [f"{each}{number}@example.com" for each in ("a", "b", "c")]
        database.mails.delete_many({})
        asked = at_once(*[lambda api=api, new=new: ask_to_change(api, new) for new in wanted])
        assert [answer.status_code for answer in asked] == [202] * 3
        (message,) = mailbox.deliver()
        assert change(api, code_in(message)).status_code == 200
        assert email_of(database, api) == message["To"]
