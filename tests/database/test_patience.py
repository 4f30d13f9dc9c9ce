"""A command of the operator may take hours on a database that answers, and ends when it answers no more."""

import subprocess
import sys
from threading import Timer

import pytest
from pymongo import MongoClient

from auth_service.database import connection
from auth_service.database.transactions import transaction
from auth_service.development.mongod import Mongod, die_with_parent
from tests.support.server import ROOT, frozen, wait_until

pytestmark = pytest.mark.edge

COMMAND = """
import sys
from auth_service.commands.clear_errors import clear_errors
from auth_service.database import connection
from auth_service.settings.service import DatabaseSettings
from mongoengine.connection import get_db

connection.connect(DatabaseSettings(url=sys.argv[1]))
with clear_errors():
    print(len(list(get_db().things.find({"$where": f"sleep({sys.argv[2]}) || true"}))))
"""


@pytest.fixture
def mongod(tmp_path):
    with Mongod(tmp_path / "mongodb") as mongod:
        with MongoClient(mongod.url) as client:
            client.test.things.insert_one({})
        yield mongod


def start(mongod, *, milliseconds):
    """A process with one command that takes so long; it was sent."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, mongod.url.replace("/?", "/test?"), str(milliseconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    with MongoClient(mongod.url) as client:
        running = {"ns": "test.things", "op": "query"}
        wait_until(lambda: list(client.admin.aggregate([{"$currentOp": {}}, {"$match": running}])), 20)
    return process


def test_it_takes_longer_than_any_request_may(mongod):
    assert start(mongod, milliseconds=4000).communicate(timeout=60) == ("1\n", "")


def test_it_ends_while_the_database_is_still_frozen(mongod):
    process = start(mongod, milliseconds=600_000)
    with frozen(mongod.pid):
        printed, complaint = process.communicate(timeout=100)
    assert (process.returncode, printed) == (1, "")
    assert "no answer from" in complaint


def test_its_transaction_waits_for_one_that_a_killed_process_left_open(app, database):
    database.progress.insert_one({"_id": "work", "after": {}})
    with MongoClient(database.client.address[0], database.client.address[1]) as client, client.start_session() as left:
        left.start_transaction()
        change = {"$set": {"after": {"step": 1}}}
        client[database.name].progress.update_one({"_id": "work"}, change, session=left)
        Timer(3, left.abort_transaction).start()
        with connection.patience():
            transaction(lambda running: database.progress.update_one({"_id": "work"}, change, session=running))
    assert database.progress.find_one({"_id": "work"})["after"] == {"step": 1}
