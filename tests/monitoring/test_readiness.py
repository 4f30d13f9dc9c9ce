"""When the database may be used: prepared once, and answering since"""

import threading

import pytest
from pymongo.errors import ConnectionFailure

from auth_service.errors import DatabaseUnavailable, InvalidRequest, Stopping
from auth_service.monitoring.readiness import Readiness
from tests.support.server import wait_until


class Database:
    """Something to prepare and to ping, which answers or not, and counts the calls."""

    def __init__(self, *, up=True):
        self.up = up
        self.error = ConnectionFailure("no answer")
        self.prepared = self.pinged = 0

    def prepare(self):
        self.prepared += 1
        self._answer()

    def ping(self):
        self.pinged += 1
        self._answer()

    def _answer(self):
        if not self.up:
            raise self.error


def readiness_of(database):
    return Readiness(prepare=database.prepare, ping=database.ping)


def await_ready(readiness):
    wait_until(lambda: readiness.ready, 30)


def test_nothing_is_ready_before_it_is_prepared():
    readiness = readiness_of(Database())
    assert not readiness.ready
    with pytest.raises(DatabaseUnavailable):
        readiness.check()


def test_preparing_makes_ready():
    database = Database()
    readiness = readiness_of(database)
    readiness.prepare()
    assert readiness.ready
    readiness.check()
    assert (database.prepared, database.pinged) == (1, 1)


def test_preparing_without_a_database_raises_and_leaves_it_unready():
    readiness = readiness_of(Database(up=False))
    with pytest.raises(ConnectionFailure):
        readiness.prepare()
    assert not readiness.ready


def test_it_becomes_ready_in_the_background():
    database = Database()
    readiness = readiness_of(database)
    readiness.start()
    await_ready(readiness)
    assert database.prepared == 1


@pytest.mark.parametrize("error", [ConnectionFailure("no answer"), InvalidRequest()])
def test_a_database_that_comes_late_is_prepared_when_it_comes(error):
    database = Database(up=False)
    database.error = error
    readiness = readiness_of(database)
    readiness.start()
    wait_until(lambda: database.prepared, 30)
    assert not readiness.ready
    database.up = True
    await_ready(readiness)
    assert database.prepared >= 2


def test_starting_often_works_only_once():
    gate, database = threading.Event(), Database()
    readiness = Readiness(prepare=lambda: (database.prepare(), gate.wait(30)), ping=database.ping)
    for _ in range(20):
        readiness.start()
    gate.set()
    await_ready(readiness)
    readiness.start()
    assert database.prepared == 1


def test_a_check_asks_the_database_each_time():
    database = Database()
    readiness = readiness_of(database)
    readiness.prepare()
    readiness.check()
    database.up = False
    with pytest.raises(ConnectionFailure):
        readiness.check()


def test_after_a_reported_failure_a_check_is_refused_without_a_ping_until_one_succeeds():
    database, gate = Database(), threading.Event()
    readiness = Readiness(prepare=database.prepare, ping=lambda: (gate.wait(30), database.ping()))
    readiness.prepare()
    readiness.report_failure(ConnectionFailure("no answer"))
    assert not readiness.ready
    with pytest.raises(DatabaseUnavailable):
        readiness.check()
    assert database.pinged == 0
    gate.set()
    await_ready(readiness)


def test_after_a_failure_nothing_is_prepared_again():
    database = Database()
    readiness = readiness_of(database)
    readiness.prepare()
    readiness.report_failure(ConnectionFailure("no answer"))
    await_ready(readiness)
    assert database.prepared == 1
    assert database.pinged >= 1


def test_a_stopping_process_is_not_ready_for_more_and_goes_on_serving():
    readiness = readiness_of(Database())
    readiness.prepare()
    readiness.watch(lambda: True)
    with pytest.raises(Stopping):
        readiness.check()
    assert readiness.ready
