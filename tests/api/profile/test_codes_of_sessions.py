"""Codes that a session asked for and takes: to verify the address of the account, to change it. One table for both."""

from typing import NamedTuple

import pytest

from auth_service.services.codes import texts
from tests.support.api import Api
from tests.support.mail.people import ask_to_change, ask_to_verify, change, verify, wrong
from tests.support.settings import SECRET

OK = {"verification": "E-mail address verified", "change": "E-mail address changed"}


class Flow(NamedTuple):
    """How a code is asked for and typed in."""

    name: str
    ask: object
    confirm: object
    path: str


VERIFICATION = Flow("verification", ask_to_verify, verify, "/profile/email/verification")
CHANGE = Flow("change", lambda api: ask_to_change(api, "new@example.com"), change, "/profile/email")


@pytest.fixture(params=[VERIFICATION, CHANGE], ids=lambda flow: flow.name)
def flow(request):
    return request.param


def refused(response, status, code):
    return (response.status_code, response.json["code"]) == (status, code)


def asked(flow, api, mailbox):
    """The code that the client gets by mail."""
    response = flow.ask(api)
    assert (response.status_code, response.json) == (202, {"message": "Code sent"})
    return mailbox.code()


def test_the_code_in_the_mail_is_six_digits_and_works_once(flow, mail_user, mailbox):
    code = asked(flow, mail_user, mailbox)
    assert len(code) == 6
    response = flow.confirm(mail_user, code)
    assert (response.status_code, response.json["message"]) == (200, OK[flow.name])
    assert refused(flow.confirm(mail_user, code), 400, "invalid_code")


def test_it_is_taken_as_people_type_it(flow, mail_user, mailbox):
    code = asked(flow, mail_user, mailbox)
    assert flow.confirm(mail_user, f" {code[:3]} {code[3:]} ").status_code == 200


def test_another_session_of_the_same_user_cannot_use_it_nor_use_it_up(flow, mail_user, new_mail_api, mailbox):
    code = asked(flow, mail_user, mailbox)
    other = new_mail_api().called(mail_user.email).logged_in()
    for _ in range(6):
        assert refused(flow.confirm(other, code), 400, "invalid_code")
    assert flow.confirm(mail_user, code).status_code == 200


def test_another_user_cannot_use_it_nor_use_it_up(flow, mail_user, new_mail_api, mailbox):
    code = asked(flow, mail_user, mailbox)
    other = new_mail_api().registered("other@example.com").logged_in()
    for _ in range(6):
        assert refused(flow.confirm(other, code), 400, "invalid_code")
    assert flow.confirm(mail_user, code).status_code == 200


def test_a_code_for_the_one_does_not_serve_the_other(flow, mail_user, mailbox):
    code = asked(flow, mail_user, mailbox)
    other = CHANGE if flow is VERIFICATION else VERIFICATION
    assert refused(other.confirm(mail_user, code), 400, "invalid_code")
    asked(other, mail_user, mailbox)
    assert refused(other.confirm(mail_user, code), 400, "invalid_code")


def test_it_expires_after_ten_minutes(flow, mail_user, mailbox, clock, wait):
    clock.freeze()
    code = asked(flow, mail_user, mailbox)
    wait(mail_user, minutes=10)
    assert refused(flow.confirm(mail_user, code), 400, "invalid_code")


def test_it_works_until_then(flow, mail_user, mailbox, clock, wait):
    clock.freeze()
    code = asked(flow, mail_user, mailbox)
    wait(mail_user, minutes=9, seconds=59)
    assert flow.confirm(mail_user, code).status_code == 200


def test_after_four_wrong_ones_the_right_one_works(flow, mail_user, mailbox):
    code = asked(flow, mail_user, mailbox)
    for _ in range(4):
        assert refused(flow.confirm(mail_user, wrong(code)), 400, "invalid_code")
    assert flow.confirm(mail_user, code).status_code == 200


def test_after_five_wrong_ones_it_is_void_and_the_next_request_mails_another_at_once(flow, mail_user, mailbox):
    code = asked(flow, mail_user, mailbox)
    for _ in range(5):
        assert refused(flow.confirm(mail_user, wrong(code)), 400, "invalid_code")
    assert refused(flow.confirm(mail_user, code), 400, "invalid_code")
    assert flow.confirm(mail_user, asked(flow, mail_user, mailbox)).status_code == 200


def test_asked_for_again_within_five_minutes_there_is_no_second_mail_and_the_code_works(
    flow, mail_user, mailbox, clock, wait
):
    clock.freeze()
    code = asked(flow, mail_user, mailbox)
    wait(mail_user, minutes=4, seconds=59)
    for _ in range(3):
        assert flow.ask(mail_user).status_code == 202
    assert mailbox.deliver() == []
    assert flow.confirm(mail_user, code).status_code == 200


def test_asked_for_after_five_minutes_another_one_comes_that_lives_for_ten(flow, mail_user, mailbox, clock, wait):
    clock.freeze()
    asked(flow, mail_user, mailbox)
    wait(mail_user, minutes=5)
    code = asked(flow, mail_user, mailbox)
    wait(mail_user, minutes=9, seconds=59)
    assert flow.confirm(mail_user, code).status_code == 200


def test_whoever_loses_every_mail_gets_another_in_five_minutes(flow, mail_user, mailbox, clock, wait):
    """Impatient as people are, they ask each minute, and are never left with a dead code and no mail."""
    clock.freeze()
    arrived = []
    for minute in range(16):
        assert flow.ask(mail_user).status_code == 202
        arrived += [minute for _ in mailbox.deliver()]
        wait(mail_user, minutes=1)
    assert arrived == [0, 5, 10, 15]


def test_a_thief_who_asks_and_guesses_all_day_makes_fifty_guesses(flow, mail_user, mailbox, database, clock, wait):
    """As many as five tries of each code that was mailed; a code that was not mailed does not even work if guessed."""
    clock.freeze()
    mailed = 0
    for _ in range(4):
        for _ in range(6):
            assert flow.ask(mail_user).status_code == 202
            mailed += len(mailbox.deliver())
            record = database.codes.find_one({})
            for _ in range(5):
                flow.confirm(mail_user, "no such code")
            assert database.codes.find_one({"_id": record["_id"]})["tries"] == 5
        wait(mail_user, minutes=61)
    assert mailed == 10
    assert database.audit_events.count_documents({"type": "mail_suppressed"}) == 14


def test_a_code_that_was_not_mailed_is_refused(flow, mail_user, mailbox, database):
    """Its text is known here, from a mail that goes out afterwards."""
    assert flow.ask(mail_user).status_code == 202
    unsent = database.mails.find_one({"kind": {"$in": ["verification", "email_change"]}})
    database.mails.delete_many({})
    code = database.codes.find_one({})
    assert "mailedAt" not in code
    text = texts.text_of(code, texts.derived_key(SECRET))
    assert refused(flow.confirm(mail_user, text), 400, "invalid_code")
    database.mails.insert_one(unsent)
    assert mailbox.code() == text
    assert flow.confirm(mail_user, text).status_code == 200


def test_a_code_whose_tries_are_used_up_before_its_mail_goes_is_not_mailed(flow, mail_user, mailbox):
    flow.ask(mail_user)
    for _ in range(5):
        flow.confirm(mail_user, "000000")
    assert mailbox.deliver() == []
    assert flow.confirm(mail_user, asked(flow, mail_user, mailbox)).status_code == 200


def test_a_session_that_ended_takes_no_code(flow, mail_user, mailbox, database):
    code = asked(flow, mail_user, mailbox)
    mail_user.logout()
    assert refused(flow.confirm(mail_user, code), 401, "logout")
    mail_user.logged_in()
    assert refused(flow.confirm(mail_user, code), 400, "invalid_code")
    assert "emailVerifiedAt" not in database.users.find_one({})


def test_an_api_key_is_refused(flow, mail_user, new_mail_api):
    program = new_mail_api()
    program.access_token = mail_user.post("/profile/keys", json={"name": "cron"}).json["secret"]
    assert refused(flow.ask(program), 403, "not_with_a_key")
    assert refused(flow.confirm(program, "123456"), 403, "not_with_a_key")


def test_without_mail_there_is_no_such_path(flow, user):
    assert refused(flow.ask(user), 404, "not_found")
    assert refused(flow.confirm(user, "123456"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": None}, "code"),
        ({"code": 123456}, "code"),
        ({"code": ["123456"]}, "code"),
        ({"code": {"$gt": ""}}, "code"),
        ({"code": "123456", "address": "new@example.com"}, "address"),
    ],
)
def test_a_body_that_is_not_a_code_is_400(flow, mail_user, body, field):
    response = mail_user.post(f"{flow.path}/confirm", json=body)
    assert refused(response, 400, "invalid_request")
    assert field in response.json["errors"]


HOSTILE = ["", " ", "1", "12345", "1234567", "x" * 2000, "\u0661\u0662\u0663\u0664\u0665\u0666", "\ud800", "\0"]


@pytest.mark.parametrize("code", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_a_wrong_code(flow, mail_user, mailbox, code):
    right = asked(flow, mail_user, mailbox)
    assert flow.confirm(mail_user, code).status_code == 400
    assert flow.confirm(mail_user, right).status_code == 200


def test_the_calls_are_counted_for_the_user(app_with, flow, shared_mail_app, database):
    database.rate_limits.delete_many({})
    limited = app_with(
        RATELIMIT_ENABLED="true",
        RATELIMIT_PASSWORD="2/hour",
        MAIL_URL=f"file:{shared_mail_app[1]}",
        MAIL_FROM="no-reply@example.com",
    )
    api = Api(limited).registered().logged_in()
    assert [flow.ask(api).status_code for _ in range(3)] == [202, 202, 429]
