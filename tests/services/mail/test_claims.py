"""Workers that claim, die, and come back too late; a database that does not answer; what is counted at once."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from mongoengine.connection import get_db
from pymongo.errors import PyMongoError

from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.development.mongod import Mongod
from auth_service.monitoring.mail_backlog import backlog
from auth_service.services.mail.allowance import let_through
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.queue import LEASE
from auth_service.services.mail.values import EXAMPLES
from tests.support.applications import build_app, services_of
from tests.support.clock import MovableClock
from tests.support.parallel import at_once
from tests.support.server import frozen

LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def queue(mail_app):
    return services_of(mail_app).mails


def put(queue, kind=Kind.NEW_DEVICE, to="ada@example.com"):
    queue.put(kind, to=to, values=EXAMPLES[kind])


def claimed_too_long_ago(queue, database):
    """A mail whose lease is over, and the claim of the worker that has it now."""
    put(queue)
    late = queue.claim()
    database.mails.update_one({}, {"$set": {"dueAt": LONG_AGO}})
    return late, queue.claim()


def test_of_many_workers_one_claims_a_mail(queue):
    for _ in range(5):
        put(queue)
        claims = at_once(*[queue.claim] * 8)
        assert len([claim for claim in claims if claim]) == 1


def test_a_claimed_mail_is_nobody_elses_until_the_lease_is_over(queue, database):
    put(queue)
    claim = queue.claim()
    assert queue.claim() is None
    assert claim["dueAt"] - database.command("hello")["localTime"].replace(tzinfo=timezone.utc) > LEASE - timedelta(
        seconds=30
    )


@pytest.mark.parametrize(
    "too_late",
    [
        lambda queue, late: queue.drop(late),
        lambda queue, late: queue.bury(late, error="too late"),
        lambda queue, late: queue.postpone(late, timedelta(hours=4), error="too late"),
        lambda queue, late: queue.postpone(late, timedelta(seconds=5), error="too late", counts=False),
        lambda queue, late: queue.amend(late, to="eve@example.com"),
    ],
    ids=["drop", "bury", "postpone", "rest", "amend"],
)
def test_a_worker_that_took_longer_than_its_lease_changes_nothing_any_more(queue, database, too_late):
    late, present = claimed_too_long_ago(queue, database)
    too_late(queue, late)
    assert database.mails.find_one() == present


def test_a_mail_that_was_sent_is_sent_whoever_has_it_now(queue, database):
    late, present = claimed_too_long_ago(queue, database)
    queue.sent(late)
    queue.postpone(present, timedelta(seconds=5), error="a moment ago")
    queue.amend(present, to="ada@example.com")
    (mail,) = database.mails.find()
    assert mail["state"] == "sent"
    assert not {"to", "values", "lastError"} & mail.keys()


def test_a_mail_that_was_sent_gets_no_address_by_a_late_decision(queue, database, clock):
    late, present = claimed_too_long_ago(queue, database)
    queue.sent(present)
    let_through(late, "ada@example.com", clock=clock)
    assert "to" not in database.mails.find_one()


def test_of_parallel_mails_of_a_kind_no_more_than_allowed_go_out(queue, database, clock):
    for number in range(5):
        mails = []
        for _ in range(6):
            put(queue, to=f"{number}@example.com")
            mails.append(queue.claim())
        decided = at_once(*[lambda mail=mail: let_through(mail, mail["to"], clock=clock) for mail in mails])
        assert decided.count(True) == 1


def test_a_mail_that_waits_for_a_later_time_is_not_looked_at(queue, database):
    for number in range(50):
        put(queue, to=f"{number}@example.com")
    database.mails.update_many({}, {"$set": {"dueAt": datetime(2099, 1, 1, tzinfo=timezone.utc)}})
    due = {"state": "waiting", "$expr": {"$lte": ["$dueAt", "$$NOW"]}}
    plan = database.mails.find(due).sort([("dueAt", 1), ("_id", 1)]).limit(1).explain()["executionStats"]
    assert (plan["totalDocsExamined"], plan["totalKeysExamined"] <= 1) == (0, True)


def test_the_figures_of_the_queue_do_not_read_what_was_sent(queue, database):
    for _ in range(20):
        put(queue)
        queue.sent(queue.claim())
    put(queue)
    queue.bury(queue.claim(), error="x")
    put(queue)
    state = backlog()
    assert (state.waiting, state.dead) == (1, 1)
    assert state.oldest == database.mails.find_one({"state": "waiting"})["_id"].generation_time


@pytest.fixture
def own_mongod(app, tmp_path):
    """A mongod of the test's own; afterwards the process is connected to the run's again."""
    with Mongod(tmp_path / "mongodb") as mongod:
        yield mongod
        connection.connect(app.extensions["auth_service"].settings.database)
        circuit.close()


@pytest.mark.edge
def test_a_database_frozen_in_mid_claim_loses_no_mail(own_mongod, tmp_path):
    mail = {"MAIL_URL": f"file:{tmp_path}/mails", "MAIL_FROM": "a@example.com"}
    services = services_of(build_app(clock=MovableClock(), DB_URL=own_mongod.url.replace("/?", "/frozen?"), **mail))
    mails = get_db().mails
    put(services.mails)
    with frozen(own_mongod.pid), pytest.raises(PyMongoError):
        services.mail_worker.deliver_due()
    circuit.close()
    mails.update_many({"state": "waiting"}, {"$set": {"dueAt": LONG_AGO}})
    services.mail_worker.deliver_due()
    assert mails.find_one()["state"] == "sent"
    assert len(list(Path(f"{tmp_path}/mails").glob("*.eml"))) == 1
