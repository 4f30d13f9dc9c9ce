"""A slide and a question are repeated once when their connection broke, for the driver's own repetition is left out."""

import socket

import pytest

from auth_service.database import connection, plain_commands
from auth_service.database.circuit import CircuitOpen, circuit
from tests.support.commands import recorded_commands


def break_connections():
    """Shut down what the driver keeps open; it notices when it uses one."""
    for server in connection.client()._topology._servers.values():
        for pooled in list(server.pool.conns):
            pooled.conn.sock.shutdown(socket.SHUT_RDWR)


def test_a_request_survives_a_broken_connection(user):
    assert user.verify().status_code == 204
    for _ in range(3):
        break_connections()
        assert user.verify().status_code == 204


def test_a_question_survives_a_broken_connection(user):
    for _ in range(3):
        break_connections()
        assert plain_commands.one("users", {"email": user.email})["email"] == user.email


def test_nothing_is_found_where_nothing_is(app):
    assert plain_commands.one("users", {"email": "nobody@example.com"}) is None


def test_a_question_is_not_sent_while_the_breaker_is_open(app):
    circuit.trip()
    with recorded_commands() as commands, pytest.raises(CircuitOpen):
        plain_commands.one("users", {})
    assert commands == []


def test_an_ended_session_is_not_revived_over_a_broken_connection(user, new_api):
    other = new_api().called(user.email).logged_in()
    other.delete("/sessions?all=true")
    break_connections()
    assert user.verify().status_code == 401
