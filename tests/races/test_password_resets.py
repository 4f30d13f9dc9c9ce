"""A reset of the password against whatever else happens to the account at the same moment."""

from functools import partial

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.errors import code
from tests.support.mail.resets import NEW
from tests.support.parallel import at_once


@pytest.fixture
def prepared(owner, forgetful, mailbox, clock, database):
    """Makes the next round: the account has its first password again, the owner is logged in, and a code is mailed."""
    password = database.users.find_one({"email": owner.email})["password"]

    def make():
        clock.advance(minutes=6)
        database.users.update_one({"email": owner.email}, {"$set": {"password": password}, "$inc": {"authVersion": 1}})
        owner.called(owner.email).logged_in()
        mailbox.deliver()
        forgetful.ask()
        return mailbox.code()

    return make


def resets(forgetful, code, password=NEW):
    return lambda: forgetful.reset(code, password)


def assert_only_the_new_password_is_left(owner, database, password=NEW):
    """Nothing that was opened with the old one is active, nor does the old one open anything."""
    assert database.sessions.count_documents({"endedAt": None, "userId": owner_id(owner, database)}) == 0
    assert code(owner.login(password=PASSWORD)) == (401, "invalid_credentials")
    assert owner.login(password=password).status_code == 200


def owner_id(owner, database):
    return database.users.find_one({"email": owner.email})["_id"]


def test_of_two_resets_by_one_code_one_wins(rounds, prepared, owner, forgetful, database):
    passwords = (NEW, "quite another battery")
    for _ in range(rounds):
        typed = prepared()
        answers = at_once(*[resets(forgetful, typed, password) for password in passwords])
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        winner, loser = sorted(passwords, key=lambda each: answers[passwords.index(each)].status_code)
        assert code(owner.login(password=loser)) == (401, "invalid_credentials")
        assert_only_the_new_password_is_left(owner, database, winner)


def test_against_a_login_with_the_old_password(rounds, prepared, owner, forgetful, mail_app, database):
    for _ in range(rounds):
        typed, other = prepared(), Api(mail_app).called(owner.email)
        reset, login = at_once(resets(forgetful, typed), other.login)
        assert reset.status_code == 200
        assert login.status_code in (200, 401)
        if login.status_code == 200:
            assert code(other.profile()) == (401, "password_changed")
        assert_only_the_new_password_is_left(owner, database)


def test_against_a_refresh(rounds, prepared, owner, forgetful, database):
    for _ in range(rounds):
        reset, refresh = at_once(resets(forgetful, prepared()), owner.refresh)
        assert reset.status_code == 200
        assert refresh.status_code == 200 or code(refresh) == (401, "password_changed")
        assert code(owner.profile()) == code(owner.refresh()) == (401, "password_changed")
        assert_only_the_new_password_is_left(owner, database)


def test_against_a_password_change_one_of_both_counts(rounds, prepared, owner, forgetful, database):
    body = {"currentPassword": PASSWORD, "newPassword": "changed by the session"}
    for _ in range(rounds):
        reset, change = at_once(resets(forgetful, prepared()), partial(owner.post, "/profile/password", json=body))
        if reset.status_code == 200:
            assert code(owner.profile()) == (401, "password_changed")
            assert_only_the_new_password_is_left(owner, database)
        else:
            assert (code(reset), change.status_code) == ((400, "invalid_code"), 200)
            assert code(owner.login(password=NEW)) == (401, "invalid_credentials")
            assert owner.login(password=body["newPassword"]).status_code == 200


def test_against_a_suspension_nobody_is_in(rounds, prepared, owner, forgetful, admin, database):
    for _ in range(rounds):
        typed, path = prepared(), f"/users/{owner.user_id}/suspension"
        admin.logged_in()
        reset, suspended = at_once(resets(forgetful, typed), partial(admin.post, path))
        assert suspended.status_code == 200
        assert reset.status_code == 200 or code(reset) == (400, "invalid_code")
        assert database.sessions.count_documents({"endedAt": None, "userId": owner_id(owner, database)}) == 0
        right = NEW if reset.status_code == 200 else PASSWORD
        assert code(owner.login(password=right)) == (403, "account_suspended")
        assert admin.delete(path).status_code == 200


def test_against_a_deletion_nothing_is_left(rounds, forgetful, mailbox, mail_app, admin, database):
    for number in range(rounds):
        gone = Api(mail_app).registered(f"gone{number}@example.com").logged_in()
        forgetful.called(gone.email).ask()
        typed = mailbox.code()
        reset, deleted = at_once(resets(forgetful, typed), partial(admin.delete, f"/users/{gone.user_id}"))
        assert deleted.status_code == 200
        assert reset.status_code == 200 or code(reset) == (400, "invalid_code")
        assert database.users.count_documents({"email": gone.email}) == 0
        assert database.codes.count_documents({}) == 0
        assert mailbox.deliver() == []


def test_a_code_that_is_mailed_during_a_deletion_is_forgotten(rounds, forgetful, mailbox, mail_app, admin, database):
    for number in range(rounds):
        gone = Api(mail_app).registered(f"gone{number}@example.com")
        forgetful.called(gone.email).ask()
        _, deleted = at_once(mailbox.deliver, partial(admin.delete, f"/users/{gone.user_id}"))
        assert deleted.status_code == 200
        assert database.codes.count_documents({}) == 0


def test_against_a_new_key_none_works(rounds, prepared, owner, forgetful, mail_app, database):
    for number in range(rounds):
        make = partial(owner.post, "/profile/keys", json={"name": f"made {number}"})
        reset, made = at_once(resets(forgetful, prepared()), make)
        assert reset.status_code == 200
        assert made.status_code == 201 or code(made) == (401, "password_changed")
        if made.status_code == 201:
            program = Api(mail_app)
            program.access_token = made.json["secret"]
            assert code(program.profile()) == (401, "password_changed")
        assert_only_the_new_password_is_left(owner, database)


def test_two_workers_with_two_requests_mail_one_code_once(rounds, forgetful, mailbox, clock, database):
    for _ in range(rounds):
        clock.advance(minutes=31)
        forgetful.ask(), forgetful.ask()
        at_once(mailbox.deliver, mailbox.deliver)
        assert database.codes.count_documents({"expiresAt": {"$gt": clock.now()}}) == 1
        assert database.mails.count_documents({"kind": "reset", "state": "sent"}) == 1
        database.mails.delete_many({})
