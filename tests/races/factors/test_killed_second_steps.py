"""A worker is killed in the second step of a login: its session and the used factor are both there, or neither."""

import contextlib
import os
import random
import signal
import threading
import time

import pyotp
import pytest
import requests
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from tests.support.factors.apps import KEY
from tests.support.remote import Remote
from tests.support.server import Server, answers, wait_until

KILLS, LONGEST = 20, 0.06  # LONGEST in seconds: about what a second step takes
SOON = 2  # seconds; what a killed worker has begun is over then


class Person(Remote):
    """Somebody with an app, at a service on a port."""

    def __init__(self, url, number):
        super().__init__(url, f"person{number}@example.com")
        self.register()
        self.logged_in()
        app = self.post("/profile/factors/totp", json={"name": "Phone"}).json()
        self.app = pyotp.TOTP(app["secret"])
        code = self.app.at(time.time(), counter_offset=-1)
        confirmed = self.post(f"/profile/factors/totp/{app['factorId']}/confirm", json={"code": code})
        assert confirmed.status_code == 200, confirmed.text

    def ticket(self):
        return self.login().json()["ticket"]

    def second_step(self, ticket, code):
        return self.post("/auth/login/factor", json={"ticket": ticket, "code": code})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    protections = {"RATELIMIT_ENABLED": "false", "LOGIN_DELAY_ENABLED": "false"}
    with Mongod(folder / "mongodb") as mongod, MongoClient(mongod.url) as client:
        client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=SOON)
        url = mongod.url.replace("/?", "/killed?")
        with Server(DB_URL=url, DATA_KEY=KEY, BCRYPT_ROUNDS=4, LOG_LEVEL="error", **protections) as running:
            running.database = client.killed
            yield running


def last_step(server, user_id):
    return server.database.users.find_one({"_id": user_id})["secondFactor"]["totp"][0]["lastStep"]


def kill(server, *, after):
    time.sleep(after)
    (pid,) = server.workers
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.workers not in ([], [pid]) and answers(f"{server.url}/readyz"), 30)


def test_a_ticket_is_good_for_the_next_worker(server):
    person = Person(server.url, "s")
    ticket = person.ticket()
    kill(server, after=0)
    assert person.second_step(ticket, person.app.now()).status_code == 200


@pytest.mark.edge
@pytest.mark.timeout(600)
def test_a_killed_step_has_happened_or_has_not(server):
    outcomes = []
    for number in range(KILLS):
        person = Person(server.url, number)
        ticket, code, began = person.ticket(), person.app.now(), time.time()
        user_id = server.database.users.find_one({"email": person.email})["_id"]
        before = last_step(server, user_id)
        server.database.sessions.delete_many({"userId": user_id})
        step = threading.Thread(target=quietly, args=(person.second_step, ticket, code))
        step.start()
        kill(server, after=random.uniform(0, LONGEST))
        step.join(15)
        opened = server.database.sessions.count_documents({"userId": user_id})
        used = last_step(server, user_id) > before
        assert (opened, used) in ((0, False), (1, True))
        outcomes.append(used)
        again = tried_again(person, ticket, code)
        if time.time() - began < 30:  # else the code is too old
            assert again.status_code == (401 if used else 200), again.text
    print(f"{sum(outcomes)} of {KILLS} happened")


def quietly(call, *arguments):
    with contextlib.suppress(requests.RequestException):
        call(*arguments)


def tried_again(person, ticket, code):
    """The answer to the same step, once the database has given up what the killed worker had begun."""
    answer = person.second_step(ticket, code)
    if answer.status_code == 503:
        time.sleep(2 * SOON)
        answer = person.second_step(ticket, code)
    return answer
