"""What is granian's alone: the settings it cannot keep, and what it would hand to each request."""

import contextlib
import os
import signal
import socket

import pytest
import requests

from auth_service.development.mongod import free_port
from auth_service.settings.settings import Settings
from tests.support.server import Server, wait_until

pytestmark = pytest.mark.edge

SECRETS = {
    "JWT_SECRET": "canary-signing-secret-of-32-bytes-or-more",
    "METRICS_TOKEN": "canary-token-of-32-bytes-or-more",
}


def test_no_setting_reaches_the_environment_of_a_request(mongod_url):
    with Server(
        program="tests.support.traffic.environ_mirror", DB_URL=mongod_url.format(name="x"), **SECRETS
    ) as server:
        seen = requests.get(server.url).json()
    assert seen["REQUEST_METHOD"] == "'GET'"
    assert not set(Settings.variables()) & set(seen)
    assert "canary" not in str(seen)


def test_metrics_bind_stops_the_start_and_names_the_other_way():
    server = Server(program="granian", wait_ready=False, METRICS_BIND=f"127.0.0.1:{free_port()}")
    with pytest.raises(AssertionError), server:
        pass
    assert server.process.returncode == 1
    assert "use METRICS_TOKEN" in server.output
    assert "Traceback" not in server.output


def test_a_worker_that_is_killed_as_soon_as_it_was_replaced_ends_it_with_1_for_a_supervisor_to_restart(
    mongod_url, worker_id
):
    with Server(program="granian", DB_URL=mongod_url.format(name=f"granian_{worker_id}")) as server:
        (first,) = server.workers
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: set(server.workers) - {first}, 10)
        for pid in set(server.workers) - {first}:
            os.kill(pid, signal.SIGKILL)
        assert server.process.wait(20) == 1


@pytest.mark.parametrize("sent", [b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET"], ids=["no end", "no path"])
def test_half_a_request_holds_no_thread(sent, mongod_url, worker_id):
    url = mongod_url.format(name=f"granian_{worker_id}")
    with Server(program="granian", DB_URL=url, WEB_THREADS=2) as server, contextlib.ExitStack() as stack:
        for _ in range(10):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(sent)
        assert requests.get(f"{server.url}/healthz", timeout=20).status_code == 200
