"""A registration that is verified tells nobody but the owner of an address that it is taken."""

import bcrypt
import pytest

from tests.support.api import PASSWORD, Api
from tests.support.commands import recorded_commands
from tests.support.mail.mailbox import CODE, emptied
from tests.support.mail.people import confirm_registration

TAKEN, FREE = "owner@example.com", "nobody@example.com"


@pytest.fixture(scope="session")
def limited(app_with, tmp_path_factory):
    """With rate limits, which are commands as well."""
    folder = tmp_path_factory.mktemp("taken")
    variables = {"RATELIMIT_ENABLED": "true", "RATELIMIT_REGISTER": "500/hour", "BCRYPT_ROUNDS": "5"}
    app = app_with(REGISTER_VERIFY="true", MAIL_URL=f"file:{folder}", MAIL_FROM="no-reply@example.com", **variables)
    return app, folder


@pytest.fixture
def mails(app, limited, database, services):
    database.rate_limits.delete_many({})
    services.registration.register(email=TAKEN, password=PASSWORD)
    database.audit_events.delete_many({})
    return emptied(*limited)


@pytest.fixture
def work(monkeypatch):
    """The costs of all hashes that are made."""
    costs, real = [], bcrypt.hashpw

    def observed(secret, salt):
        costs.append(int(salt.split(b"$")[2]))
        return real(secret, salt)

    monkeypatch.setattr(bcrypt, "hashpw", observed)
    return costs


@pytest.mark.parametrize("email", [TAKEN, FREE, "a.nobody.with.a.long.name@sub.example.com"])
def test_the_request_does_the_same_and_answers_the_same(limited, mails, work, email):
    with recorded_commands() as commands:
        response = Api(limited[0]).register(email)
    assert (response.status_code, response.json["message"]) == (202, "Check your mail")
    assert commands == [("findAndModify", "rate_limits"), ("insert", "codes"), ("insert", "mails")]
    assert work == [5]


@pytest.mark.parametrize("email", [TAKEN, FREE])
def test_a_wrong_code_does_the_same_and_answers_the_same(limited, mails, work, email):
    browser = Api(limited[0])
    registration = browser.register(email).json["registration"]
    mails.deliver()
    work.clear()
    for _ in range(6):
        with recorded_commands() as commands:
            response = confirm_registration(browser, registration, "no code")
        assert (response.status_code, response.json["code"]) == (400, "invalid_code")
        assert commands == [("findAndModify", "rate_limits"), ("findAndModify", "codes")]
    assert work == []


def test_the_owner_is_told_without_a_code(limited, mails, database):
    Api(limited[0]).register(TAKEN, PASSWORD)
    (message,) = mails.deliver()
    assert message["To"] == TAKEN
    assert not CODE.search(message.get_body("plain").get_content())
    (stored,) = database.mails.find({})
    assert (stored["kind"], stored["state"]) == ("already_registered", "sent")
    assert "codeId" not in stored
    assert "mailedAt" not in database.codes.find_one({})


def test_the_owner_is_told_once_an_hour(limited, mails, clock):
    browser = Api(limited[0])
    for _ in range(3):
        browser.register(TAKEN)
    assert len(mails.deliver()) == 1
    clock.advance(hours=1, seconds=1)
    browser.register(TAKEN)
    assert len(mails.deliver()) == 1


def test_whoever_registered_meanwhile_is_not_told_that_they_did(limited, mails, database):
    """The mail with the code arrived, and the worker died before it knew: the next worker finds the address taken."""
    browser = Api(limited[0])
    registration = browser.register(FREE).json["registration"]
    code = mails.code()
    assert confirm_registration(browser, registration, code).status_code == 201
    to, again = {"to": FREE, "state": "waiting"}, {"dueAt": database.mails.find_one({})["createdAt"]}
    database.mails.update_one({}, {"$set": {**to, **again}})
    for path in limited[1].glob("*.eml"):  # a mail that is sent again has the same name
        path.unlink()
    assert mails.deliver() == []


def test_the_owner_can_still_log_in_and_keeps_the_password(limited, mails):
    Api(limited[0]).register(TAKEN, "a wholly different one")
    mails.deliver()
    assert Api(limited[0]).called(TAKEN).login().status_code == 200
