"""Whoever keeps using sessions cannot keep their owner, or an admin, from ending them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from bson import ObjectId

from tests.support.api import Api
from tests.support.parallel import at_once

ROUNDS = 40
SESSIONS, THREADS = 9, 8


@contextmanager
def hammered(app, sessions):
    """While the block runs, `THREADS` threads a session keep sending requests."""
    over, started = Event(), Event()

    def send(token):
        api = Api(app)
        api.access_token = token
        while not over.is_set():
            api.verify()
            started.set()

    with ThreadPoolExecutor(len(sessions) * THREADS) as pool:
        for api in sessions * THREADS:
            pool.submit(send, api.access_token)
        started.wait()
        try:
            yield
        finally:
            over.set()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_owner_ends_hammered_sessions(app, user, new_api):
    for _ in range(ROUNDS):
        others = [new_api().called(user.email).logged_in() for _ in range(SESSIONS)]
        with hammered(app, others):
            answer = user.delete("/sessions")
        statuses = {each.verify().status_code for each in others}
        assert (answer.status_code, answer.json["ended"], statuses) == (200, SESSIONS, {401})


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_owner_changes_the_password_over_hammered_sessions(app, user, new_api):
    for number in range(ROUNDS):
        others = [new_api().called(user.email, user.password).logged_in() for _ in range(SESSIONS)]
        new = f"horse battery number {number}"
        with hammered(app, others):
            body = {"currentPassword": user.password, "newPassword": new}
            answer = user._with_tokens(user.post("/profile/password", json=body))
        statuses = {each.verify().status_code for each in others}
        user.password = new
        assert (answer.status_code, statuses) == (200, {401})


def test_a_deletion_against_a_login_leaves_no_session(new_api, database):
    for number in range(ROUNDS):
        api = new_api().registered(f"u{number}@example.com").logged_in()
        other = new_api().called(api.email)
        deleted, login = at_once(lambda api=api: api.delete(f"/users/{api.user_id}"), other.login)
        assert deleted.status_code == 200
        assert login.status_code in (200, 401)
        assert database.sessions.count_documents({"userId": ObjectId(api.user_id)}) == 0


def test_a_role_change_against_a_login_leaves_one_role(admin, new_api, database):
    api = new_api().registered("other@example.com").logged_in()
    for number in range(ROUNDS):
        role = ("admin", "user")[number % 2]
        other = new_api().called(api.email)
        changed, login = at_once(lambda role=role: admin.put(f"/users/{api.user_id}/{role}"), other.login)
        assert (changed.status_code, login.status_code) == (200, 200)
        active = {"userId": ObjectId(api.user_id), "endedAt": None}
        assert database.sessions.distinct("role", active) == [role]
