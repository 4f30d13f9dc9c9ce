"""What becomes of a mail, by what the server says to it."""

import contextlib
import logging
from datetime import datetime, timedelta, timezone

import pytest
from bson import ObjectId

from auth_service.database.transactions import transaction
from auth_service.services.codes.codes import Codes
from auth_service.services.codes.purposes import Purpose
from auth_service.services.mail import delivery
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.transport import Unreachable
from auth_service.services.mail.values import EXAMPLES
from tests.support.applications import services_of
from tests.support.mail.smtp_server import PASSWORD, USER, SMTPServer

ADA = "ada@example.com"
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)
CANARIES = (ADA, "canary", PASSWORD, "Firefox 132")


@pytest.fixture
def server():
    with SMTPServer(auth=True) as server:
        yield server


@pytest.fixture
def sending(app, app_with, server):
    """The services of an application that sends by `server`."""
    return services_of(app_with(MAIL_URL=server.url(f"{USER}:{PASSWORD}"), MAIL_FROM="Example <no-reply@example.com>"))


def put(services, kind=Kind.NEW_DEVICE, to=ADA, **options):
    services.mails.put(kind, to=to, values=EXAMPLES[kind], **options)


def deliver(services, database):
    """Deliver what waits, whenever it is due."""
    database.mails.update_many({"state": "waiting"}, {"$set": {"dueAt": LONG_AGO}})
    return services.mail_worker.deliver_due()


def issued(app, clock):
    """A code of a reset, of nobody's."""
    codes = Codes(clock=clock, secrets=[app.extensions["auth_service"].settings.tokens.refresh_secret])
    described = {"user_id": ObjectId(), "binding": ""}
    return transaction(lambda running: codes.issue(Purpose.RESET, transaction=running, **described))


def until_due(database):
    """How long the one mail waits still, by the database's clock."""
    now = {"$subtract": ["$dueAt", "$$NOW"]}
    ((mail),) = database.mails.aggregate([{"$project": {"wait": now}}])
    return timedelta(milliseconds=mail["wait"])


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_mail_that_is_not_taken_now_is_sent_later_and_once(sending, server, database, step):
    server.refusals[step] = ["421 later", "451 later"]
    put(sending)
    for _ in range(4):
        deliver(sending, database)
    assert len(server.received) == 1


def test_a_mail_that_is_refused_for_good_is_dead_at_once_and_says_why(sending, server, database):
    server.refusals["RCPT"] = [f"550 no canary {ADA}"]
    put(sending)
    for _ in range(2):
        deliver(sending, database)
    (mail,) = database.mails.find()
    assert (mail["state"], mail["attempts"], mail["lastError"]) == ("dead", 1, "RCPT TO: answered with 550")
    assert server.received == []


def test_the_delays_between_attempts_grow_and_then_the_mail_is_dead(sending, server, database):
    server.refusals["DATA"] = ["450 later"] * 10
    put(sending)
    for delay in (5, 60, 600, 3600, 4 * 3600):
        deliver(sending, database)
        assert timedelta(seconds=delay - 30) < until_due(database) <= timedelta(seconds=delay)
    deliver(sending, database)
    assert database.mails.find_one()["state"] == "dead"
    assert len([command for command, _ in server.heard if command == "DATA"]) == 6


def test_a_server_that_takes_no_mail_burns_no_attempts_and_says_why(sending, server, database):
    put(sending)
    server.refusals["MAIL"] = ["421 busy"] * 10
    for _ in range(10):
        with pytest.raises(Unreachable):
            deliver(sending, database)
    (mail,) = database.mails.find()
    assert (mail["state"], mail["attempts"]) == ("waiting", 0)
    assert mail["lastError"].endswith("MAIL FROM: answered with 421")
    deliver(sending, database)
    assert len(server.received) == 1


def test_a_code_that_expired_while_the_server_was_away_is_not_mailed(app, sending, server, database, clock):
    code = issued(app, clock)
    sending.mails.put(Kind.RESET, to=ADA, code_id=code.code_id)
    server.refusals["MAIL"] = ["421 busy"]
    with pytest.raises(Unreachable):
        deliver(sending, database)
    clock.advance(minutes=31)
    assert deliver(sending, database) == 1
    assert server.received == []
    assert database.mails.count_documents({}) == 0


def test_a_transaction_that_aborts_mails_nothing(sending, server, database):
    def work(running):
        put(sending, transaction=running)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction(work)
    assert deliver(sending, database) == 0


def test_a_mail_that_makes_something_fail_that_nobody_expected_does_not_stop_the_others(sending, server, database):
    put(sending)
    database.mails.update_one({}, {"$set": {"kind": "of_a_later_version"}})
    put(sending, Kind.NEW_PLACE)
    assert deliver(sending, database) == 2
    assert len(server.received) == 1
    (mail,) = database.mails.find({"state": "waiting"})
    assert mail["lastError"].startswith("ValueError in ")


def test_a_deferred_notice_does_not_follow_the_account_to_another_address(sending, server, database):
    user = database.users.insert_one({"email": ADA}).inserted_id
    sending.mails.put(Kind.NEW_DEVICE, user_id=user, values=EXAMPLES[Kind.NEW_DEVICE])
    server.refusals["RCPT"] = ["450 later"]
    deliver(sending, database)
    database.users.update_one({"_id": user}, {"$set": {"email": "eve@example.com"}})
    deliver(sending, database)
    assert server.recipients == [ADA]


def test_each_attempt_has_the_same_message_id(sending, server, database):
    put(sending)
    deliver(sending, database)
    database.mails.update_one({}, {"$set": {"state": "waiting", "to": ADA, "values": EXAMPLES[Kind.NEW_DEVICE]}})
    deliver(sending, database)
    first, second = server.messages()
    assert first["Message-ID"] == second["Message-ID"]


def test_the_log_holds_nothing_of_a_mail(sending, server, database, caplog):
    caplog.set_level(logging.DEBUG)
    for refusals in ({"RCPT": [f"550 canary {ADA}"]}, {"DATA": [f"450 canary {ADA}"]}, {"MAIL": ["421 canary"]}, {}):
        server.refusals.update(refusals)
        put(sending, Kind.NEW_DEVICE)
        put(sending, Kind.NEW_PLACE)
        with contextlib.suppress(Unreachable):
            deliver(sending, database)
        errors = [mail.get("lastError", "") for mail in database.mails.find()]
        assert not any(canary in error for canary in CANARIES for error in errors)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("auth_service")]
    assert lines
    assert not any(canary in line for canary in CANARIES for line in lines)


def test_only_in_development_the_log_has_the_code(app, app_with, tmp_path, database, clock, caplog):
    for environment, is_logged in (("test", False), ("development", True)):
        mail = {"MAIL_URL": f"file:{tmp_path}", "MAIL_FROM": "a@example.com", "LOG_LEVEL": "info"}
        services, code = services_of(app_with(APP_ENV=environment, **mail)), issued(app, clock)
        services.mails.put(Kind.RESET, to=ADA, code_id=code.code_id)
        deliver(services, database)
        assert any(code.code in record.getMessage() for record in caplog.records) == is_logged


def test_the_delays_are_those_that_are_documented():
    assert [delay.total_seconds() for delay in delivery.DELAYS] == [5, 60, 600, 3600, 14400]
