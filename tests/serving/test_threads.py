"""How few threads serve: what a caller may rely on while other callers are slow, greedy or many."""

import contextlib
import json
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from tests.support.parallel import at_once
from tests.support.server import Server, frozen, wait_until
from tests.support.traffic.load import Caller, callers

pytestmark = pytest.mark.edge

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
THREADS = 4


@pytest.fixture(scope="module")
def server(mongod_url, worker_id, program):
    """One worker of four threads."""
    url = mongod_url.format(name=f"threads_{worker_id}")
    with MongoClient(url) as client:
        client.drop_database(f"threads_{worker_id}")
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=1, WEB_THREADS=THREADS) as server:
        yield server


@contextlib.contextmanager
def connections(server, count, data=b""):
    """Open connections, on each of which `data` has been sent."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(count)]
        for each in opened:
            each.sendall(data)
        yield opened


def answers_on(connection, count):
    """The statuses of the next answers on a connection."""
    connection.settimeout(10)
    received = b""
    while len(found := re.findall(rb"HTTP/1.1 (\d+) .*?\r\n\r\n\{.*?\}", received, re.DOTALL)) < count:
        received += connection.recv(65536)
    return [int(status) for status in found]


def test_pipelined_requests_are_answered_in_order(server):
    with connections(server, 1, data=3 * (REQUEST + b"\r\n")) as (connection,):
        assert answers_on(connection, 3) == [200] * 3


def test_a_client_that_pipelines_on_every_thread_starves_nobody(server):
    stop, counts = threading.Event(), [0] * THREADS

    def pipeline(number):
        with connections(server, 1) as (connection,):
            while not stop.is_set():
                connection.sendall(20 * (REQUEST + b"\r\n"))
                counts[number] += len(answers_on(connection, 20))

    greedy = [threading.Thread(target=pipeline, args=(number,)) for number in range(THREADS)]
    for each in greedy:
        each.start()
    try:
        wait_until(lambda: all(counts), 10)
        for _ in range(30):
            assert requests.get(f"{server.url}/healthz", timeout=5).status_code == 200
    finally:
        stop.set()
        for each in greedy:
            each.join()


def test_a_request_in_many_pieces_is_answered_and_so_is_the_next(server):
    with connections(server, 1) as (connection,):
        for _ in range(2):
            for byte in REQUEST + b"\r\n":
                connection.sendall(bytes([byte]))
            assert answers_on(connection, 1) == [200]


def test_beside_more_silent_connections_than_threads_others_are_served(server):
    with connections(server, 3 * THREADS):
        assert requests.get(f"{server.url}/healthz", timeout=40).status_code == 200


def test_a_body_that_no_view_reads_is_not_taken_for_the_next_request(server):
    body = json.dumps({"filler": "GET / HTTP/1.1"}).encode()
    post = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with connections(server, 1, data=post + REQUEST + b"\r\n") as (connection,):
        assert answers_on(connection, 2) == [405, 200]


@pytest.mark.parametrize("path", [b"/healthz", b"/nowhere", b"/auth/login", b"/profile/password"])
def test_an_answer_to_a_request_whose_body_is_still_on_its_way_leaves_the_connection_open(server, path):
    headers = b"Host: localhost\r\nOrigin: https://evil.example\r\nContent-Type: application/json\r\n"
    with connections(server, 1, data=b"POST %s HTTP/1.1\r\n%sContent-Length: 2\r\n\r\n" % (path, headers)) as (
        connection,
    ):
        time.sleep(0.1)  # for the server to answer, if it does not wait
        connection.sendall(b"{}")
        assert answers_on(connection, 1)[0] in (401, 403, 404, 405)
        connection.sendall(REQUEST + b"\r\n")
        assert answers_on(connection, 1) == [200]


@pytest.mark.parametrize("data", [b"", REQUEST + b"\r\n"], ids=["never used", "used once"])
def test_an_idle_connection_is_closed(server, data):
    with connections(server, 1, data=data) as (connection,):
        if data:
            answers_on(connection, 1)
        connection.settimeout(15)
        assert connection.recv(1) == b""


def test_a_thousand_short_connections_leave_nothing_behind(server):
    (worker,) = server.workers
    descriptors = Path(f"/proc/{worker}/fd")
    requests.get(f"{server.url}/healthz")
    before = len(list(descriptors.iterdir()))
    for _ in range(10):
        at_once(*[lambda: requests.get(f"{server.url}/healthz", headers={"Connection": "close"})] * 100)
    wait_until(lambda: len(list(descriptors.iterdir())) <= before, 10)


def test_a_worker_has_few_threads_besides_those_that_serve(server):
    """Limits of processes count threads: docs/deploy.md allows 16, four of which are for two more database members."""
    (worker,) = server.workers
    half = (
        b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    )
    with connections(server, 3 * THREADS, data=half):
        time.sleep(1)  # for all threads to be taken
        assert THREADS < len(list(Path(f"/proc/{worker}/task").iterdir())) <= THREADS + 12


def test_more_callers_than_threads_on_a_frozen_database_get_503_and_no_reset(tmp_path, program):
    with Mongod(tmp_path / "mongodb") as mongod:
        url = mongod.url.replace("/?", "/frozen?")
        with Server(program=program, DB_URL=url, WEB_CONCURRENCY=1, WEB_THREADS=THREADS) as server:
            people = [Caller(server.port, email) for email in callers(server.port, 10 * THREADS)]
            for person in people:
                assert person.login() == 200
                person.close()  # an idle connection is closed after 2 s, and logging all in takes longer
            verifications = [person.verify for person in people]
            assert set(at_once(*verifications)) == {204}
            with frozen(mongod.pid):
                rounds = [at_once(*verifications) for _ in range(3)]
            assert {status for statuses in rounds for status in statuses} == {503}
            wait_until(lambda: people[0].verify() == 204, 10)
            for person in people:
                person.close()


def test_a_resized_terminal_does_not_cancel_the_announcement_of_a_stop(mongod_url, worker_id, program):
    url = mongod_url.format(name=f"threads_{worker_id}")
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=1, STOP_DELAY="3s") as server:
        (worker,) = server.workers
        os.kill(worker, signal.SIGWINCH)  # what a terminal sends to its foreground processes
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: requests.get(f"{server.url}/readyz").status_code == 503, 3)
