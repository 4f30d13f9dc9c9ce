"""A slide is repeated once when its connection broke, for the driver's own repetition is left out."""

import socket

from auth_service import database


def break_connections():
    """Shut down what the driver keeps open; it notices when it uses one."""
    for server in database.client()._topology._servers.values():
        for connection in list(server.pool.conns):
            connection.conn.sock.shutdown(socket.SHUT_RDWR)


def test_a_request_survives_a_broken_connection(user):
    assert user.verify().status_code == 204
    for _ in range(3):
        break_connections()
        assert user.verify().status_code == 204


def test_an_ended_session_is_not_revived_over_a_broken_connection(user, new_api):
    other = new_api().called(user.email).logged_in()
    other.delete("/sessions?all=true")
    break_connections()
    assert user.verify().status_code == 401
