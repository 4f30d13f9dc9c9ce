"""Indexes of a large collection: made by a command without a time limit, and never by a worker."""

import logging

import pytest
from pymongo import MongoClient

from auth_service.database import connection, indexes
from auth_service.database.indexes import SMALL, UniqueIndexMissing
from auth_service.development.mongod import Mongod
from tests.support.applications import build_app
from tests.support.clock import MovableClock

PURGE = "purgeAt_1"


@pytest.fixture
def many(database):
    """A collection that is too large for a worker to index."""
    database.login_delays.delete_many({})
    database.login_delays.insert_many([{"_id": str(number)} for number in range(SMALL + 1)])
    yield database.login_delays
    database.login_delays.delete_many({})
    indexes.ensure_indexes()


def test_a_worker_makes_the_missing_index_of_a_small_collection(services, database):
    database.login_delays.drop_indexes()
    services.readiness.prepare()
    assert PURGE in database.login_delays.index_information()


def test_a_worker_serves_without_an_index_of_a_large_collection_and_says_what_to_run(services, many, caplog):
    many.drop_indexes()
    with caplog.at_level(logging.WARNING):
        services.readiness.prepare()
    assert PURGE not in many.index_information()
    assert [line for line in caplog.messages if "ensure-indexes" in line and "login_delays" in line]


def test_a_worker_does_not_serve_without_a_unique_index(services, database):
    sessions = database.sessions
    sessions.insert_many([{"sessionId": str(number)} for number in range(SMALL + 1)])
    sessions.drop_indexes()
    try:
        with pytest.raises(UniqueIndexMissing, match="sessions"):
            services.readiness.prepare()
        indexes.ensure_indexes()
        services.readiness.prepare()
    finally:
        sessions.delete_many({})
        indexes.ensure_indexes()


def test_the_command_makes_it(app, many):
    many.drop_indexes()
    assert app.test_cli_runner().invoke(args=["ensure-indexes"]).exit_code == 0
    assert PURGE in many.index_information()


@pytest.fixture
def own_mongod(app, tmp_path):
    """A mongod with failpoints; the process's client goes back to the test's database while this one still answers."""
    with Mongod(tmp_path / "mongodb", options=("--setParameter", "enableTestCommands=1")) as mongod:
        yield mongod
        connection.connect(app.extensions["auth_service"].settings.database)


@pytest.mark.edge
def test_no_command_of_the_operator_is_cut_short_by_the_time_limit_of_a_request(own_mongod):
    with MongoClient(own_mongod.url) as client:
        app = build_app(clock=MovableClock(), prepared=False, DB_URL=own_mongod.url.replace("/?", "/slow?"))
        slow = {"failCommands": ["createIndexes", "aggregate", "find"], "blockConnection": True, "blockTimeMS": 2500}
        mode = {"times": 3}
        for command in (["ensure-indexes"], ["users", "list"], ["privacy"]):
            client.admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": slow})
            outcome = app.test_cli_runner().invoke(args=command)
            client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
            assert outcome.exit_code == 0, outcome.output
