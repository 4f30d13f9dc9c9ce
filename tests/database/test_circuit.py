"""The circuit breaker of the MongoClient, and the log's explanation of a database that cannot be used."""

import pytest
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from auth_service.database import connection, indexes, transactions
from auth_service.database.circuit import Circuit, CircuitOpen, circuit
from auth_service.database.faults import NO_CREDENTIALS, NO_PERMISSION, WRONG_CREDENTIALS, explain
from tests.support.commands import recorded_commands


@pytest.fixture
def opened(app):
    circuit.notice(AutoReconnect())
    yield circuit
    circuit.close()


@pytest.mark.usefixtures("opened")
def test_while_it_is_open_no_command_is_sent(services):
    commands_sent = []
    for command in (
        connection.ping,
        indexes.ensure_indexes,
        lambda: transactions.transaction(lambda session: connection.client().admin.command("ping", session=session)),
        lambda: list(connection.client()["x"]["y"].find()),
        lambda: connection.client()["x"]["y"].insert_one({}),
    ):
        with recorded_commands() as commands, pytest.raises(CircuitOpen):
            command()
        commands_sent += commands
    assert commands_sent == []


def test_the_probe_may_send_commands_and_nothing_else_may(opened):
    with opened.trying():
        connection.ping()
    with pytest.raises(CircuitOpen):
        connection.ping()


def test_without_a_primary_it_refuses_without_waiting_for_one(opened):
    url = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    with connection.GuardedClient(url, timeoutMS=600_000) as nowhere, pytest.raises(CircuitOpen):
        nowhere.admin.command("ping")


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (NetworkTimeout("no answer"), True),
        (AutoReconnect("gone"), True),
        (WTimeoutError("no majority"), True),
        (OperationFailure("no", code=13), False),
        (DuplicateKeyError("taken", code=11000), False),
        (CircuitOpen(), False),
        (ValueError("no"), False),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_missing_answer_opens_it_and_a_refusal_does_not(error, opens):
    own = Circuit()
    own.notice(error)
    assert own.is_open is opens


def test_one_slow_command_does_not_open_it_and_two_in_a_row_do():
    own, slow = Circuit(), ExecutionTimeout("operation exceeded time limit", 50)
    own.notice(slow)
    own.answered()
    own.notice(slow)
    assert not own.is_open
    own.notice(slow)
    assert own.is_open


@pytest.mark.usefixtures("app")
def test_every_command_that_succeeds_ends_the_row():
    slow = ExecutionTimeout("operation exceeded time limit", 50)
    circuit.notice(slow)
    connection.ping()
    circuit.notice(slow)
    assert not circuit.is_open


def test_a_refusal_does_not_close_it():
    own = Circuit()
    own.notice(NetworkTimeout("no answer"))
    own.notice(OperationFailure("no", code=13))
    assert own.is_open


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OperationFailure("Authentication failed.", 18), WRONG_CREDENTIALS),
        (OperationFailure("bad auth", 8000), WRONG_CREDENTIALS),
        (OperationFailure("x", 13, {"errmsg": "command find requires authentication"}), NO_CREDENTIALS),
        (
            OperationFailure("x", 13, {"errmsg": "not authorized on auth to execute command { createIndexes: 1 }"}),
            NO_PERMISSION,
        ),
        (
            OperationFailure("no such thing, full error: {'at': 1}", 8),
            "MongoDB refused a command: OperationFailure (code 8)",
        ),
        (PyMongoError("two\nlines"), "PyMongoError"),
    ],
)
def test_a_fault_is_explained_in_one_line_without_the_servers_whole_reply(error, line):
    assert explain(error) == line


def test_two_failures_of_one_silent_server_have_the_same_explanation():
    with MongoClient("mongodb://127.0.0.1:1/?replicaSet=rs0", serverSelectionTimeoutMS=50) as nowhere:
        lines = set()
        for _ in range(2):
            with pytest.raises(PyMongoError) as caught:
                nowhere.admin.command("ping")
            lines.add(explain(caught.value))
    [line] = lines
    assert line.startswith("no answer from 127.0.0.1:1")
    assert "Topology" not in line
