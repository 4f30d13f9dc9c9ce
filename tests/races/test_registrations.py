"""A registration that is confirmed twice at the same moment, or while somebody else makes an account of its address."""

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.mail.mailbox import Mailbox
from tests.support.mail.people import confirm_registration
from tests.support.parallel import at_once


@pytest.fixture
def begun(app, verifying):
    """Makes confirmations of a registration of an address, by its code."""
    mailbox = Mailbox(*verifying)

    def begin(email, password=PASSWORD):
        registration = Api(verifying[0]).register(email, password).json["registration"]
        code = mailbox.code()
        return lambda: confirm_registration(Api(verifying[0]), registration, code)

    return begin


def codes_of(answers):
    return sorted((answer.status_code, answer.json.get("code", "")) for answer in answers)


def test_confirmed_twice_it_makes_one_account(rounds, begun, database):
    for number in range(rounds):
        confirm = begun(f"user{number}@example.com")
        answers = at_once(confirm, confirm, confirm)
        assert codes_of(answers)[0] == (201, "")
        assert set(codes_of(answers)[1:]) <= {(400, "invalid_code"), (409, "email_taken")}
        assert database.users.count_documents({"email": f"user{number}@example.com"}) == 1
        assert database.codes.count_documents({}) == 0


def test_two_registrations_of_one_address_make_one_account_with_the_password_of_one(rounds, begun, new_api, database):
    for number in range(rounds):
        email, passwords = f"user{number}@example.com", (PASSWORD, "a wholly different one")
        database.mails.delete_many({})
        answers = at_once(*[begun(email, password) for password in passwords])
        assert codes_of(answers) == [(201, ""), (409, "email_taken")]
        winner = [answer.status_code for answer in answers].index(201)
        for place, password in enumerate(passwords):
            assert new_api().login(email, password).status_code == (200 if place == winner else 401)


def test_against_an_admin_who_creates_the_account_there_is_one(rounds, begun, admin, database):
    for number in range(rounds):
        email, confirm = f"user{number}@example.com", begun(f"user{number}@example.com")
        body = {"email": email, "password": "a wholly different one"}
        confirmed, created = at_once(confirm, lambda body=body: admin.post("/users", json=body))
        assert codes_of([confirmed, created]) == [(201, ""), (409, "email_taken")]
        user = database.users.find_one({"email": email})
        assert ("emailVerifiedAt" in user) == (confirmed.status_code == 201)
