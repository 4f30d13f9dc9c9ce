"""A service whose `DB_URL` needs DNS, while DNS does not answer: it lives, says so, and recovers."""

import os
import signal

import pytest
import requests

from auth_service.development.mongod import free_port
from tests.support.peers.name_server import NAME, NameServer, ask_it
from tests.support.server import Server, children, wait_until

pytestmark = pytest.mark.edge


def status(server, path="readyz"):
    return requests.get(f"{server.url}/{path}", timeout=5).status_code


def test_workers_live_while_dns_does_not_answer(tmp_path):
    url = f"mongodb+srv://user:hidden@{NAME}/auth"
    with Server(wait_ready=False, DB_URL=url, DNS_PORT=free_port(), extra_path=ask_it(tmp_path)) as server:
        [worker] = children(server.process.pid)
        assert (status(server, "healthz"), status(server)) == (200, 503)
        refused = requests.post(
            f"{server.url}/auth/login", json={"email": "a@b.org", "password": "long enough"}, timeout=5
        )
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        wait_until(lambda: "not ready" in server.log, 20)
        assert children(server.process.pid) == [worker]
    assert "looked up in DNS" in server.output
    assert "not a valid" not in server.output
    assert "hidden" not in server.output
    assert server.output.count("not ready") == 1


@pytest.fixture
def named(mongod_url, worker_id, tmp_path):
    """A database that has an SRV name, the server that knows it, and what makes a service ask that one alone."""
    mongod_port = int(mongod_url.rpartition(":")[2].partition("/")[0])
    port = free_port()
    service = {
        "wait_ready": False,
        "DB_URL": f"mongodb+srv://{NAME}/dns_{worker_id}?tls=false",
        "DNS_PORT": port,
        "extra_path": ask_it(tmp_path),
    }
    return service, NameServer(port, mongod_port=mongod_port)


@pytest.mark.parametrize("program", ["gunicorn", "granian"])
def test_a_service_that_started_without_dns_is_ready_once_dns_answers(named, program):
    service, name_server = named
    with Server(program=program, **service) as server:
        assert (status(server, "healthz"), status(server)) == (200, 503)
        with name_server:
            wait_until(lambda: status(server) == 200, 20)
    assert server.output.count("not ready") == 1


def kill_worker(server):
    """Kill the worker, and wait for its successor, which lives and is not ready."""
    [first] = children(server.process.pid)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: children(server.process.pid) not in ([], [first]), 20)
    wait_until(lambda: status(server, "healthz") == 200, 20)
    assert status(server) == 503


def test_a_worker_that_dies_without_dns_is_replaced_and_its_successor_is_ready_once_dns_answers(named):
    service, name_server = named
    with Server(**service) as server:
        kill_worker(server)
        with name_server:
            wait_until(lambda: status(server) == 200, 20)


def test_dns_that_goes_stops_no_running_worker_and_makes_its_successor_wait(named):
    service, name_server = named
    with Server(**service) as server:
        with name_server:
            wait_until(lambda: status(server) == 200, 20)
        answers = {"email": "nobody@example.com", "password": "long enough to be one"}
        assert requests.post(f"{server.url}/auth/login", json=answers, timeout=5).status_code == 401
        kill_worker(server)
        with name_server:
            wait_until(lambda: status(server) == 200, 20)
            assert requests.post(f"{server.url}/auth/login", json=answers, timeout=5).status_code == 401
