"""POST /auth/password/forgot"""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.mail.mailbox import code_in
from tests.support.mail.resets import NEW, Forgetful

ANSWER = "If there is an account, a mail is on its way"


@pytest.fixture
def service(mail_app, app_with, shared_mail_app, database):
    """The service with rate limits."""
    database.rate_limits.delete_many({})
    sender = {"MAIL_URL": f"file:{shared_mail_app[1]}", "MAIL_FROM": "Example <no-reply@example.com>"}
    return app_with(RATELIMIT_ENABLED="true", RATELIMIT_LOGIN="8/5minutes", **sender)


def test_it_mails_a_code_in_two_groups_of_five_that_is_good_for_30_minutes(forgetful, mailbox, database):
    response = forgetful.ask()
    assert (response.status_code, response.json) == (202, {"message": ANSWER})
    (message,) = mailbox.deliver()
    assert message["To"] == forgetful.email
    assert len(code_in(message)) == len("K7QF9-M2X4T")
    (stored,) = database.codes.find()
    assert stored["expiresAt"] - stored["createdAt"] == timedelta(minutes=30)


@pytest.mark.parametrize(
    "address", ["nobody@example.com", "suspended@example.com", "OWNER@example.com ", "invited@a.org"]
)
def test_whoever_it_is_for_the_answer_and_the_commands_are_the_same(service, owner, admin, address):
    Api(service).registered("suspended@example.com")
    assert admin.post("/users", json={"email": "invited@a.org"}).status_code == 201
    suspended = admin.get("/users?email=suspended@example.com").json["users"][0]["_id"]
    assert admin.post(f"/users/{suspended}/suspension").status_code == 200
    with recorded_commands() as commands:
        response = Forgetful(service).called(address).ask()
    assert (response.status_code, response.json) == (202, {"message": ANSWER})
    assert commands == [("findAndModify", "rate_limits"), ("insert", "mails")]


def test_an_unknown_and_a_suspended_account_get_no_mail(forgetful, mailbox, admin, owner, database):
    assert admin.post(f"/users/{owner.user_id}/suspension").status_code == 200
    mailbox.deliver()
    forgetful.ask()
    forgetful.called("nobody@example.com").ask()
    assert mailbox.deliver() == []
    assert database.codes.count_documents({}) == 0
    assert database.mails.count_documents({"kind": "reset"}) == 0


@pytest.mark.parametrize("address", ["", "x", "a@b", "a@localhost", "a@company.test", "a b@example.com"])
def test_a_malformed_address_is_refused_and_queues_nothing(forgetful, database, address):
    assert code(forgetful.called(address).ask()) == (400, "invalid_request")
    assert database.mails.count_documents({}) == 0


@pytest.mark.parametrize("value", [None, 7, {"$gt": ""}, "\ud800", ["owner@example.com"]])
def test_what_is_no_text_is_refused(forgetful, value):
    assert forgetful.called(value).ask().status_code == 400


def test_without_mail_there_is_no_such_route(api, admin, user):
    for path in ("/auth/password/forgot", "/auth/password/reset"):
        assert code(api.post(path, json={})) == (404, "not_found")
    assert code(admin.post(f"/users/{user.user_id}/password-reset")) == (404, "not_found")


def test_it_is_limited_as_logins_are(service):
    api = Forgetful(service)
    for _ in range(8):
        assert api.ask().status_code == 202
    assert code(api.ask()) == (429, "rate_limited")
    assert code(api.reset("K7QF9-M2X4T")) == (429, "rate_limited")
    assert api.ask(environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 202


def test_a_page_of_another_site_cannot_ask(forgetful, database):
    assert code(forgetful.ask(headers={"Origin": "https://evil.example"})) == (403, "cross_site")
    assert database.mails.count_documents({}) == 0


def test_the_host_of_the_request_is_in_no_mail(forgetful, mailbox, shared_mail_app):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Referer": "https://evil.example/"}
    assert forgetful.ask(headers=forged).status_code == 202
    assert len(mailbox.deliver()) == 1
    assert "evil" not in "".join(path.read_text() for path in shared_mail_app[1].glob("*.eml"))


def test_a_mail_that_is_asked_for_again_brings_the_same_code_once_in_five_minutes(forgetful, mailbox, clock):
    forgetful.ask()
    first = mailbox.code()
    for _ in range(4):
        clock.advance(minutes=1)
        forgetful.ask()
        assert mailbox.deliver() == []
    clock.advance(minutes=1)
    forgetful.ask()
    assert mailbox.code() == first


def test_a_code_that_was_mailed_a_moment_ago_is_not_replaced(forgetful, mailbox, clock):
    forgetful.ask()
    first = mailbox.code()
    clock.advance(minutes=19, seconds=50)
    forgetful.ask()
    assert mailbox.code() == first
    clock.advance(seconds=20)  # less than ten minutes are left now
    forgetful.ask()
    assert mailbox.deliver() == []
    assert forgetful.is_good(first)
    clock.advance(minutes=5)
    forgetful.ask()
    second = mailbox.code()
    assert second != first
    assert forgetful.is_good(second)


def test_nobody_keeps_the_owner_from_a_reset_by_asking_for_resets(service, owner, mailbox, clock):
    """An hour in which a stranger asks every 20 seconds from many addresses; every code works for 5 minutes or more."""
    stranger, person, mails = Forgetful(service).called(owner.email), Forgetful(service).called(owner.email), []
    for step in range(180):
        clock.advance(seconds=20)
        address = {"REMOTE_ADDR": f"198.51.{step % 100}.{step}"}
        assert stranger.ask(environ_overrides=address).status_code == 202
        if step == 100:
            assert person.ask().status_code == 202
        mails += [(step, code_in(message)) for message in mailbox.deliver()]
        if step % 14 == 0:
            elsewhere = Forgetful(mailbox.app).called(owner.email)
            assert all(elsewhere.is_good(mailed) for sent, mailed in mails if step - sent < 15)
    moments = [sent for sent, _ in mails]
    assert all(later - earlier >= 15 for earlier, later in pairwise(moments))
    assert len(mails) == 12
    assert person.reset(mails[-1][1]).status_code == 200
    assert person.called(owner.email, NEW).login().status_code == 200


def test_a_mail_of_a_code_that_is_void_is_not_sent(forgetful, owner, mailbox, database):
    forgetful.ask()
    code = mailbox.code()
    for _ in range(2):
        forgetful.ask()
    assert forgetful.reset(code).status_code == 200
    arrived = mailbox.deliver()
    assert [len(database.mails.find({"kind": kind}).to_list()) for kind in ("reset", "password_reset")] == [2, 1]
    assert len(arrived) == 2  # of a new code, and the notice
