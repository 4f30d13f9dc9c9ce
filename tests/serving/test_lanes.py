"""Who serves in a worker: few threads while requests are quick, one more for each that is not."""

import contextlib
import json
import re
import socket
import threading
import time
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient

from auth_service.serving.lanes import LANES
from tests.support.parallel import at_once
from tests.support.remote import Remote
from tests.support.server import Server, wait_until

QUICK = 0.5  # seconds; a hash at cost 11 takes a quarter of that at least, and there are twelve of them
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
THREADS = 8


@pytest.fixture(scope="module")
def server(mongod_url, worker_id):
    """One worker of at most eight threads."""
    url = mongod_url.format(name=f"lanes_{worker_id}")
    with MongoClient(url) as client:
        client.drop_database(f"lanes_{worker_id}")
    with Server(DB_URL=url, WEB_CONCURRENCY=1, WEB_THREADS=THREADS, BCRYPT_ROUNDS=11, BCRYPT_WAIT="20s") as server:
        yield server


@pytest.fixture(scope="module")
def owner(server):
    owner = Remote(server.url)
    owner.register()
    owner.logged_in()
    return owner


@contextlib.contextmanager
def connections(server, count, sent=b""):
    """As many, on each of which `sent` came, and nothing since."""
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(count)]
        for each in made:
            each.sendall(sent)
        yield made


def threads(server):
    """How many the worker has; those it does not serve with are always the same."""
    (worker,) = server.workers
    return len(list(Path(f"/proc/{worker}/task").iterdir()))


def at_rest(server):
    """The same, once no more lanes are left than it needs: one leaves with each request."""
    for _ in range(2 * THREADS):
        assert requests.get(f"{server.url}/healthz").ok
    return threads(server)


def took(call):
    began = time.monotonic()
    return call(), time.monotonic() - began


def answers_on(connection, count):
    """The statuses of the next answers on a connection."""
    connection.settimeout(10)
    read = b""
    while len(found := re.findall(rb"HTTP/1.1 (\d+) .*?\r\n\r\n\{.*?\}", read, re.DOTALL)) < count:
        read += connection.recv(65536)
    return [int(status) for status in found]


def test_connections_that_send_nothing_take_no_thread(server):
    before = at_rest(server)
    with connections(server, 20 * THREADS):
        answer, seconds = took(lambda: requests.get(f"{server.url}/healthz"))
        assert (answer.status_code, threads(server)) == (200, before)
    assert seconds < QUICK


def test_more_requests_that_never_end_than_lanes_stop_nobody(server):
    with connections(server, THREADS - LANES, sent=REQUEST):
        wait_until(lambda: requests.get(f"{server.url}/healthz", timeout=10).status_code == 200, 5)
        for _ in range(10):
            assert took(lambda: requests.get(f"{server.url}/healthz"))[1] < QUICK


def test_those_who_log_in_keep_nobody_else_waiting(server, owner):
    logins = [owner.with_token(None).login for _ in range(THREADS - LANES)]
    others = threading.Thread(target=lambda: at_once(*logins))
    others.start()
    time.sleep(0.1)
    seconds = [took(owner.verify)[1] for _ in range(10)]
    others.join()
    assert max(seconds) < QUICK


def test_lanes_come_when_they_are_needed_and_go_again(server):
    before = at_rest(server)
    with connections(server, THREADS + 4, sent=REQUEST):
        wait_until(lambda: threads(server) == before + THREADS - LANES, 5)
        time.sleep(0.2)
        assert threads(server) == before + THREADS - LANES  # no more than WEB_THREADS
    assert at_rest(server) == before


def test_requests_that_come_in_one_piece_are_answered_one_after_the_other(server):
    with connections(server, 1, sent=3 * (REQUEST + b"\r\n")) as (connection,):
        assert answers_on(connection, 3) == [200] * 3


def test_a_request_in_many_pieces_is_answered_and_so_is_the_next(server):
    with connections(server, 1) as (connection,):
        for _ in range(2):
            for byte in REQUEST + b"\r\n":
                connection.sendall(bytes([byte]))
            assert answers_on(connection, 1) == [200]


def test_a_body_that_nobody_reads_is_not_taken_for_the_next_request(server):
    body = json.dumps({"filler": "GET / HTTP/1.1"}).encode()
    post = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with connections(server, 1, sent=post + REQUEST + b"\r\n") as (connection,):
        assert answers_on(connection, 2) == [405, 200]


@pytest.mark.parametrize("sent", [b"", REQUEST + b"\r\n"])
def test_a_connection_on_which_nothing_comes_is_closed(server, sent):
    with connections(server, 1, sent=sent) as (connection,):
        if sent:
            answers_on(connection, 1)
        connection.settimeout(12)
        assert connection.recv(1) == b""


def test_a_thousand_short_connections_leave_nothing_behind(server):
    (worker,) = server.workers
    descriptors = Path(f"/proc/{worker}/fd")
    requests.get(f"{server.url}/healthz")
    before = len(list(descriptors.iterdir()))
    for _ in range(10):
        at_once(*[lambda: requests.get(f"{server.url}/healthz", headers={"Connection": "close"})] * 100)
    wait_until(lambda: len(list(descriptors.iterdir())) <= before, 10)
