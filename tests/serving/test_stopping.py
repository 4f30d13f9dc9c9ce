"""Stopping, reloading and losing a worker, under load: what is asked is answered."""

import os
import signal
import threading
import time

import pytest
import requests
from pymongo import MongoClient

from tests.support.parallel import at_once
from tests.support.remote import Remote
from tests.support.server import Server, is_running, wait_until
from tests.support.traffic.kills import kill_one
from tests.support.traffic.load import Caller, callers

pytestmark = pytest.mark.edge

CALLS = ("profile", "verify", "refresh", "sessions", "login")
LONG = pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(600)])


@pytest.fixture
def url(mongod_url, worker_id):
    """An empty database."""
    name = f"stopping_{worker_id}"
    with MongoClient(mongod_url.format(name=name)) as client:
        client.drop_database(name)
    return mongod_url.format(name=name)


class Load:
    """Threads that call without end, every other one on a new connection each time; a context manager."""

    def __init__(self, server, *, calls=CALLS, count=6, pause=0.1):
        self.answers, self.sending = [], True
        self._calls, self._pause = calls, pause
        people = callers(server.port, count)
        self._threads = [threading.Thread(target=self._use, args=each) for each in enumerate(people)]
        self._port = server.port

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        wait_until(lambda: len(self.answers) > 30, 20)
        return self

    def __exit__(self, *details):
        self.sending = False
        for thread in self._threads:
            thread.join()

    def _use(self, number, email):
        person = Caller(self._port, email)
        person.login()
        while self.sending:
            for name in self._calls:
                if self.sending:
                    self.answers.append(person.call(name))
                    person.close() if number % 2 else None
                    time.sleep(self._pause)
        person.close()

    @property
    def failed(self):
        return [answer for answer in self.answers if answer.status not in (200, 201, 204)]


def test_sigterm_finishes_what_is_in_flight_and_exits_with_0(url, program):
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=1, BCRYPT_ROUNDS=11, BCRYPT_WAIT="20s") as server:
        people = [Remote(server.url, f"late{number}@example.com") for number in range(4)]
        stop = threading.Timer(0.2, lambda: server.process.send_signal(signal.SIGTERM))
        stop.start()
        answers = at_once(*[person.register for person in people])
        assert [answer.status_code for answer in answers] == [201] * 4
        assert server.process.wait(30) == 0
        with MongoClient(url) as client:
            assert client.get_default_database().users.count_documents({}) == 4


def test_readyz_says_503_first_and_whoever_heeds_it_loses_nothing(url, program):
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=2, STOP_DELAY="5s") as server, Load(server) as load:
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: requests.get(f"{server.url}/readyz").status_code == 503, 5)
        refused = requests.get(f"{server.url}/readyz")
        assert refused.json()["code"] == "stopping"
        assert refused.headers["Retry-After"].isdigit()
        assert requests.get(f"{server.url}/healthz").status_code == 200
        answered = len(load.answers)
        wait_until(lambda: len(load.answers) > answered + 20, 5)  # a balancer has looked by then
        load.sending = False
        assert server.process.wait(30) == 0
    assert not load.failed


@pytest.mark.long
def test_without_a_delay_whoever_is_connected_is_served_and_others_are_refused_at_once(url):
    with Server(DB_URL=url, WEB_CONCURRENCY=1) as server:
        waiting = [Caller(server.port, "nobody@example.com") for _ in range(20)]
        server.process.send_signal(signal.SIGSTOP)  # the arbiter alone: nobody takes the place of a worker that ends
        for pid in server.workers:
            os.kill(pid, signal.SIGSTOP)
        for each in waiting:
            each._connection.connect()  # accepted by the kernel, not by a worker
        for pid in server.workers:
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGCONT)
        answers = at_once(*[each.healthz for each in waiting])
        server.process.send_signal(signal.SIGCONT)
        for each in waiting:
            each.close()
    assert answers == [200] * 20


@pytest.mark.parametrize("times", [1, LONG])
def test_a_reload_of_gunicorn_under_load_fails_no_request(times, url):
    count = 1 if times == 1 else 2
    with Server(DB_URL=url, WEB_CONCURRENCY=count) as server, Load(server, calls=(*CALLS, "readyz")) as load:
        for _ in range(times):
            old = server.workers
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda old=old: not any(is_running(pid) for pid in old), 30)
            wait_until(lambda: len(server.workers) == count, 10)
        load.sending = False
    assert not load.failed


@pytest.mark.parametrize("times", [1, LONG])
def test_a_killed_worker_is_replaced_and_only_what_it_held_fails(times, url, program):
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=2) as server, Load(server) as load:
        kills = [kill_one(server, load) for _ in range(times)]
        load.sending = False
    assert not [answer for answer in load.failed if not any(kill.explains(answer) for kill in kills)]
    print(len(load.failed), "of", len(load.answers), "failed in", times, "kills")
