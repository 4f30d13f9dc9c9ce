"""Sessions over several gunicorn workers: what one worker decides holds in all of them, also when they are killed."""

import os
import signal
from uuid import uuid4

import pytest
from bson import ObjectId
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from tests.support.parallel import at_once
from tests.support.remote import Remote
from tests.support.server import Server, frozen, is_running, wait_until

pytestmark = pytest.mark.edge

LONG = pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(1800)])
MOST_ROTATIONS = 32  # of a session within the race window, however quick the machine is
CHIEF = {"ADMIN_EMAIL": "chief@example.com", "ADMIN_PASSWORD": "correct horse battery"}


@pytest.fixture(scope="module")
def url(mongod_url, worker_id):
    """An empty database."""
    name = f"workers_{worker_id}"
    with MongoClient(mongod_url.format(name=name)) as client:
        client.drop_database(name)
    return mongod_url.format(name=name)


@pytest.fixture(scope="module")
def server(url):
    """One server for all tests that do not kill it; every test has users of its own."""
    with Server(DB_URL=url, WEB_CONCURRENCY=2, SEED_ADMIN_ON_START="true", SESSION_MAX_PER_USER=5, **CHIEF) as server:
        yield server


@pytest.fixture
def stored(url):
    """The database behind the server."""
    with MongoClient(url) as client:
        yield client.get_default_database()


@pytest.fixture
def owner(server):
    owner = Remote(server.url, f"{uuid4().hex}@example.com")
    assert owner.register().status_code == 201
    return owner.logged_in()


def sessions_of(person, database):
    """How many sessions of this person have not ended."""
    return database.sessions.count_documents({"userId": ObjectId(person.user_id), "endedAt": None})


@pytest.fixture
def chief(server):
    return Remote(server.url, CHIEF["ADMIN_EMAIL"]).logged_in()


@pytest.mark.parametrize("rounds", [8, LONG])
def test_of_32_parallel_refreshes_exactly_one_wins_and_the_session_lives(rounds, owner):
    for number in range(rounds):
        if number % MOST_ROTATIONS == 0:
            owner.logged_in()
        tabs = [owner.with_token(owner.refresh_token) for _ in range(32)]
        responses = at_once(*[tab.refresh for tab in tabs])
        statuses = [response.status_code for response in responses]
        assert sorted(statuses) == [200] + [401] * 31
        lost = [response for response in responses if response.status_code == 401]
        assert {response.json()["code"] for response in lost} == {"refresh_superseded"}
        assert not any("Set-Cookie" in response.headers for response in lost)
        owner = tabs[statuses.index(200)]
        assert owner.verify().status_code == 204


@pytest.mark.parametrize("rounds", [10, LONG])
def test_refresh_against_logout_leaves_nothing_that_works(rounds, owner, stored):
    assert owner.logout().status_code == 200
    for _ in range(rounds):
        owner.logged_in()
        tab = owner.with_token(owner.refresh_token)
        refreshed, left = at_once(tab.refresh, owner.logout)
        assert (left.status_code, refreshed.status_code in (200, 401)) == (200, True)
        assert tab.refresh().status_code == 401
        assert tab.verify().status_code == 401
        assert sessions_of(owner, stored) == 0


@pytest.mark.parametrize("rounds", [5, LONG])
@pytest.mark.parametrize("change", ["demotion", "deletion", "password change"])
def test_login_against_a_change_leaves_nothing_beyond_its_right(change, rounds, server, chief, stored):
    for _ in range(rounds):
        victim = Remote(server.url, f"{uuid4().hex}@example.com")
        victim.user_id = victim.register().json()["user"]["_id"]
        assert chief.put(f"/users/{victim.user_id}/admin").status_code == 200
        keeper = victim.with_token(None).logged_in()
        body = {"currentPassword": victim.password, "newPassword": "an entirely new one"}
        changes = {
            "demotion": lambda: chief.put(f"/users/{victim.user_id}/user"),
            "deletion": lambda: chief.delete(f"/users/{victim.user_id}"),
            "password change": lambda: keeper.post("/profile/password", json=body),
        }
        login, changed = at_once(victim.login, changes[change])
        assert changed.status_code == 200
        assert login.status_code in (200, 401)
        if change == "demotion":
            assert login.status_code == 200
            assert victim.get("/users").status_code == 403
            continue
        assert victim.verify().status_code == 401
        assert victim.refresh().status_code == 401


@pytest.mark.parametrize("rounds", [5, LONG])
def test_a_suspended_user_is_out_on_the_next_request_in_every_worker(rounds, owner, chief):
    for _ in range(rounds):
        owner.logged_in()
        assert chief.post(f"/users/{owner.user_id}/suspension").status_code == 200
        answers = at_once(*[owner.verify] * 16)
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "suspended")}
        assert chief.delete(f"/users/{owner.user_id}/suspension").status_code == 200


def test_with_a_cap_of_five_forty_parallel_logins_leave_exactly_five_sessions(owner, stored):
    browsers = [owner.with_token(None) for _ in range(40)]
    responses = at_once(*[browser.login for browser in browsers])
    assert {response.status_code for response in responses} <= {200, 503}  # 503: only on a very busy machine
    assert sessions_of(owner, stored) == 5
    assert [browser.verify().status_code for browser in browsers if browser.access_token].count(204) == 5


@pytest.mark.edge
def test_a_replay_after_all_workers_were_killed_still_ends_the_session(url):
    with Server(DB_URL=url, WEB_CONCURRENCY=2, REFRESH_RACE_WINDOW="1s") as server:
        owner = Remote(server.url, "killed@example.com")
        owner.register()
        used = owner.logged_in().refresh_token
        assert owner.refresh().status_code == 200
        killed = server.workers
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(is_running(pid) for pid in killed) and len(server.workers) == 2, 15)
        wait_until(lambda: owner.verify().status_code == 204, 15)
        thief = owner.with_token(used)
        wait_until(lambda: thief.refresh().json()["code"] != "refresh_superseded", 5)
        assert thief.refresh().json()["code"] == "reused_token"
        assert owner.verify().json()["code"] == "reused_token"


@pytest.mark.edge
def test_a_refresh_that_a_frozen_database_left_open_is_repeated_by_the_grace(tmp_path):
    with (
        Mongod(tmp_path / "mongodb") as mongod,
        Server(DB_URL=mongod.url.replace("/?", "/frozen?"), REFRESH_GRACE="15s") as server,
    ):
        owner = Remote(server.url)
        owner.register()
        owner.logged_in()
        for _ in range(3):
            with frozen(mongod.pid):
                asked = owner.refresh()
            assert asked.status_code == 503
            assert asked.headers["Retry-After"]
            wait_until(lambda: owner.refresh().status_code == 200, 8)
            assert owner.verify().status_code == 204
