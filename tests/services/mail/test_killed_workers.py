"""Workers that are killed at any moment: every mail arrives, and one that arrives twice is the same mail."""

from collections import defaultdict
from contextlib import ExitStack
from datetime import datetime, timezone

import pytest
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from tests.support.applications import services_of
from tests.support.mail.smtp_server import SMTPServer
from tests.support.mail.worker_process import WorkerProcess
from tests.support.peers.failpoints import WITH_FAILPOINTS, failing
from tests.support.server import wait_until

MAILS, KILLS = 200, 20
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)
SENDER = "Example <no-reply@example.com>"


def leases_end(mails):
    mails.update_many({"state": "waiting"}, {"$set": {"dueAt": LONG_AGO}})


def identities(server):
    """The ids of the messages that each address got."""
    got = defaultdict(list)
    for message in server.messages():
        got[message["To"]].append(message["Message-ID"])
    return got


@pytest.mark.long
@pytest.mark.timeout(600)
def test_of_two_workers_one_is_killed_twenty_times_and_every_mail_arrives(mail_app, database, db_url):
    for number in range(MAILS):
        to, values = f"person{number}@example.com", EXAMPLES[Kind.NEW_DEVICE]
        services_of(mail_app).mails.put(Kind.NEW_DEVICE, to=to, values=values)
    with SMTPServer() as server, ExitStack() as stack:
        variables = {"DB_URL": db_url, "MAIL_URL": server.url(), "MAIL_FROM": SENDER}
        stack.enter_context(WorkerProcess(**variables))
        for kill in range(KILLS):
            with WorkerProcess(**variables):
                wanted = (kill + 1) * (MAILS - 10) // KILLS
                wait_until(lambda wanted=wanted: len(server.received) >= wanted, 60)
        stack.enter_context(WorkerProcess(**variables))
        while database.mails.count_documents({"state": "waiting"}):
            leases_end(database.mails)
            waiting = database.mails.count_documents({"state": "waiting"})
            wait_until(lambda waiting=waiting: database.mails.count_documents({"state": "waiting"}) < waiting, 60)
    got = identities(server)
    assert sorted(got) == sorted(f"person{number}@example.com" for number in range(MAILS))
    assert [ids for ids in got.values() if len(set(ids)) != 1] == []
    assert len({ids[0] for ids in got.values()}) == MAILS
    assert database.mails.count_documents({"state": "sent"}) == MAILS


@pytest.mark.edge
def test_a_worker_killed_between_the_servers_250_and_the_update_sends_the_same_mail_again(tmp_path):
    with (
        Mongod(tmp_path / "mongodb", options=WITH_FAILPOINTS) as mongod,
        MongoClient(mongod.url) as client,
        SMTPServer() as server,
    ):
        mails = client.killed.mails
        mails.insert_one(
            {
                "kind": "invitation",
                "to": "ada@example.com",
                "language": "en",
                "values": dict(EXAMPLES[Kind.INVITATION]),
                "state": "waiting",
                "attempts": 0,
                "dueAt": LONG_AGO,
                "createdAt": LONG_AGO,
            }
        )
        variables = {"DB_URL": mongod.url.replace("/?", "/killed?"), "MAIL_URL": server.url(), "MAIL_FROM": SENDER}
        with failing(mongod, failCommands=["update"], closeConnection=True) as count, WorkerProcess(**variables):
            wait_until(lambda: server.received and count(), 60)
        assert mails.find_one()["state"] == "waiting"
        leases_end(mails)
        with WorkerProcess(**variables):
            wait_until(lambda: mails.find_one()["state"] == "sent", 60)
    ((_, ids),) = identities(server).items()
    assert len(ids) == 2
    assert len(set(ids)) == 1
