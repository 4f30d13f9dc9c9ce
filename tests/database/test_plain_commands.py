"""Idempotent commands are retried once after a broken connection, in the place of the driver's own retries."""

import socket

import pytest
from pymongo.errors import AutoReconnect

from auth_service.database import connection, plain_commands
from auth_service.database.circuit import CircuitOpen, circuit
from tests.support.commands import recorded_commands


def break_connections():
    """Shut down the sockets of the driver's pool; it notices at the next use of each."""
    for server in connection.client()._topology._servers.values():
        for pooled in list(server.pool.conns):
            pooled.conn.sock.shutdown(socket.SHUT_RDWR)


def test_a_request_survives_a_broken_connection(user):
    assert user.verify().status_code == 204
    for _ in range(3):
        break_connections()
        assert user.verify().status_code == 204


def test_a_read_survives_a_broken_connection(user):
    for _ in range(3):
        break_connections()
        assert plain_commands.find_one("users", {"email": user.email})["email"] == user.email


def test_a_read_without_a_match_returns_none(app):
    assert plain_commands.find_one("users", {"email": "nobody@example.com"}) is None


def test_a_read_is_not_sent_while_the_circuit_is_open(app):
    circuit.notice(AutoReconnect())
    with recorded_commands() as commands, pytest.raises(CircuitOpen):
        plain_commands.find_one("users", {})
    assert commands == []


def test_an_ended_session_is_not_revived_over_a_broken_connection(user, new_api):
    other = new_api().called(user.email).logged_in()
    other.delete("/sessions?all=true")
    break_connections()
    assert user.verify().status_code == 401
