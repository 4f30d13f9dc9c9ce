"""Whoever asks for the address of somebody else sees, and costs the service, what any other address would."""

import pytest

from tests.support.commands import recorded_commands
from tests.support.mail.people import ask_to_change, change

TAKEN, FREE = "owner@example.com", "nobody@example.com"


@pytest.fixture(autouse=True)
def owner(new_mail_api):
    return new_mail_api().registered(TAKEN)


def observed(call):
    """What the caller sees, and which commands it takes."""
    with recorded_commands() as commands:
        response = call()
    seen = {**response.json} if response.json else {}
    seen.pop("requestId", None)
    return (response.status_code, seen), commands


def played(api, mailbox, address):
    """What is mailed, seen and done by two requests, six wrong codes and another request; and the user's own trail."""
    steps = [observed(lambda: ask_to_change(api, address)) for _ in range(2)]
    arrived = len(mailbox.deliver())
    steps += [observed(lambda: change(api, "no code")) for _ in range(6)]
    steps += [observed(lambda: ask_to_change(api, address))]
    mailbox.deliver()
    steps += [observed(lambda: change(api, "no code"))]
    trail = [(event["type"], event["outcome"]) for event in api.get("/profile/audit").json["events"]]
    return arrived, steps, trail


def test_nothing_tells_a_taken_address_from_a_free_one_but_the_mail(new_mail_api, mailbox):
    outcomes = {}
    for address in (TAKEN, FREE):
        api = new_mail_api().registered(f"asks-{address}").logged_in()
        outcomes[address] = played(api, mailbox, address)
    assert (outcomes[TAKEN][0], outcomes[FREE][0]) == (0, 1)
    assert outcomes[TAKEN][1:] == outcomes[FREE][1:]


def test_a_request_costs_these_commands(mail_user):
    for address in (TAKEN, FREE):
        seen, commands = observed(lambda address=address: ask_to_change(mail_user, address))
        assert seen == (202, {"message": "Code sent"})
        assert commands == [
            ("findAndModify", "sessions"),
            ("find", "users"),
            ("find", "codes"),
            ("delete", "codes"),
            ("insert", "codes"),
            ("insert", "mails"),
            ("commitTransaction", 1),
        ]


def test_the_owner_of_a_taken_address_gets_no_mail(mail_user, mailbox, database):
    ask_to_change(mail_user, TAKEN)
    assert mailbox.deliver() == []
    assert database.mails.count_documents({}) == 0


def test_what_was_suppressed_is_not_in_the_users_own_trail(mail_user, mailbox, database):
    for number in range(6):
        database.codes.delete_many({})
        ask_to_change(mail_user, FREE)
        assert len(mailbox.deliver()) == (1 if number < 5 else 0)
    assert "mail_suppressed" not in {each["type"] for each in mail_user.get("/profile/audit").json["events"]}
    assert database.audit_events.count_documents({"type": "mail_suppressed"}) == 1


def test_an_address_that_was_taken_meanwhile_is_a_wrong_code_and_ends_nothing(mail_user, new_mail_api, mailbox):
    other = new_mail_api().called(mail_user.email).logged_in()
    ask_to_change(mail_user, FREE)
    code = mailbox.code()
    new_mail_api().registered(FREE)
    response = change(mail_user, code)
    assert (response.status_code, response.json["code"]) == (400, "invalid_code")
    assert other.verify().status_code == 204
    assert mail_user.profile().json["user"]["email"] == "user@example.com"
