"""The answers of the service while its database is frozen, killed or refuses commands, and its recovery afterwards."""

import os
import signal
import socket
import tempfile
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient

from auth_service.development.mongod import Mongod, free_port
from tests.support.parallel import at_once
from tests.support.peers.failpoints import WITH_FAILPOINTS, failing
from tests.support.remote import Remote
from tests.support.server import Server, frozen, wait_until
from tests.support.traffic.load import Caller, callers

pytestmark = pytest.mark.edge

RECOVERY = 30  # seconds after which a test gives up; the service is back much sooner
ID = "0" * 24
FAST = "/dev/shm"  # memory, where there is such a thing
LIMITED = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true"}


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def mongod(folder):
    with Mongod(folder / "mongodb", options=WITH_FAILPOINTS) as mongod:
        yield mongod


@pytest.fixture(scope="module")
def server(mongod):
    with Server(DB_URL=url_of(mongod), **LIMITED) as server:
        yield server
    assert "Traceback" not in server.output


@pytest.fixture
def person(server, request):
    """A user of this test alone, logged in once all workers serve."""
    wait_until(lambda: all(requests.get(f"{server.url}/readyz").status_code == 200 for _ in range(12)), RECOVERY)
    person = Remote(server.url, f"{abs(hash(request.node.name))}@example.com")
    assert person.register().status_code == 201
    return person.logged_in()


def url_of(mongod):
    return mongod.url.replace("/?", "/trouble?")


def every_call(person):
    """One call of every route that needs the database, by name."""
    body = {"currentPassword": person.password, "newPassword": "an entirely new one"}
    return {
        "readyz": lambda: person.get("/readyz"),
        "register": lambda: Remote(person.url, "another@example.com").register(),
        "login": lambda: person.with_token(None).login(),
        "refresh": person.refresh,
        "logout": lambda: person.with_token(person.refresh_token).logout(),
        "verify": person.verify,
        "profile": lambda: person.get("/profile"),
        "password": lambda: person.post("/profile/password", json=body),
        "own audit": lambda: person.get("/profile/audit"),
        "sessions": lambda: person.get("/sessions"),
        "history": lambda: person.get("/sessions/history"),
        "end sessions": lambda: person.delete("/sessions"),
        "users": lambda: person.get("/users"),
        "user": lambda: person.get(f"/users/{ID}"),
        "role": lambda: person.put(f"/users/{ID}/admin"),
        "delete": lambda: person.delete(f"/users/{ID}"),
        "audit": lambda: person.get("/audit"),
    }


def require_503(person):
    """Every call is a 503: all at once, before the outage is known, then one after the other, once it is."""
    calls = every_call(person)
    for responses in (at_once(*calls.values()), [call() for call in calls.values()]):
        for name, response in zip(calls, responses, strict=True):
            assert (name, response.status_code, response.json()["code"]) == (name, 503, "database_unavailable")
            assert int(response.headers["Retry-After"]) >= 1
    assert requests.get(f"{person.url}/healthz").status_code == 200
    assert requests.get(person.url).status_code == 200


def test_a_frozen_database_is_503_on_every_route_until_it_is_thawed(mongod, person):
    with frozen(mongod.pid):
        require_503(person)
    wait_until(lambda: person.verify().status_code == 204, RECOVERY)
    wait_until(lambda: person.with_token(None).login().status_code == 200, RECOVERY)


def test_a_killed_database_is_503_on_every_route_until_it_is_back(mongod, person):
    os.kill(mongod.pid, signal.SIGKILL)
    require_503(person)
    mongod._process.wait(10)
    mongod.start()
    wait_until(lambda: person.verify().status_code == 204, RECOVERY)
    wait_until(lambda: person.with_token(None).login().status_code == 200, RECOVERY)


def test_a_token_that_cannot_be_verified_is_never_accepted(mongod, person):
    stranger = Remote(person.url)
    stranger.access_token = "x" + person.access_token
    ended = person.with_token(None).logged_in()
    assert ended.logout().status_code == 200
    with frozen(mongod.pid):
        answers = at_once(*[each.verify for each in (person, stranger, ended) * 12])
        answers += [person.verify(), stranger.verify(), ended.verify()]
    assert {answer.status_code for answer in answers} <= {503, 401}
    wait_until(lambda: person.verify().status_code == 204, RECOVERY)
    assert [each.verify().status_code for each in (stranger, ended)] == [401, 401]


@pytest.mark.long
def test_more_callers_than_threads_are_all_answered_while_it_is_frozen(mongod):
    with Server(DB_URL=url_of(mongod), WEB_CONCURRENCY=1, WEB_THREADS=4) as server:
        people = [Caller(server.port, email) for email in callers(server.port, 1, "crowd") * 40]
        for person in people:
            assert person.login() == 200
            person.close()  # the server closes a connection that is idle for long, perhaps just when it is used again
        with frozen(mongod.pid):
            answers = at_once(*[lambda person=person: person.call("profile") for person in people])
        for person in people:
            person.close()
    assert {answer.status for answer in answers} == {503}


def test_an_outage_after_a_refresh_is_waited_for_once_and_the_refresh_is_answered(mongod, server, person):
    """A refresh is one update of the session; after it, the audit trail is written."""
    after_it = {"failCommands": ["insert"], "blockConnection": True, "blockTimeMS": 4000}
    with failing(mongod, mode="alwaysOn", **after_it) as delayed:
        assert person.refresh().status_code == 200
        assert delayed() == 1
    wait_until(lambda: person.refresh().status_code == 200, RECOVERY)
    assert "1 audit events were not written" in server.log


def test_a_refusal_of_the_database_is_a_503_and_no_500(mongod, server, person):
    commands = ["insert", "update", "delete", "find", "findAndModify", "commitTransaction", "aggregate"]
    with failing(mongod, failCommands=commands, errorCode=8):
        for name, call in every_call(person).items():
            if name != "readyz":
                assert (name, call().status_code) == (name, 503)
    assert person.verify().status_code == 204
    assert "MongoDB refused a command" in server.log


@pytest.mark.parametrize("command", ["findAndModify", "find"])
def test_an_unanswered_command_is_retried_once(mongod, person, command):
    """The touch of the session and the read of its user, both in one `GET /profile`."""
    for times, status in ((1, 200), (2, 503)):
        with failing(mongod, mode={"times": times}, failCommands=[command], closeConnection=True):
            assert person.get("/profile").status_code == status
        wait_until(lambda: person.verify().status_code == 204, RECOVERY)


@pytest.fixture(scope="module")
def secured(folder):
    """A mongod with access control: `root` may do all, `owner` read and write `trouble`, `reader` read it."""
    data, port, key = folder / "secured", free_port(), folder / "key"
    key.write_text("c2VjcmV0" * 8)
    key.chmod(0o600)
    with Mongod(data, port=port) as open_to_all, MongoClient(open_to_all.url) as client:
        client.admin.command("createUser", "root", pwd="rootword", roles=["root"])
        client.trouble.command("createUser", "owner", pwd="p@ss word", roles=["readWrite"])
        client.trouble.command("createUser", "reader", pwd="p@ss word", roles=["read"])
    with Mongod(data, port=port, options=["--auth", "--keyFile", str(key)]) as mongod:
        yield mongod


@pytest.mark.long
@pytest.mark.parametrize(
    ("credentials", "line"),
    [
        ("", "DB_URL: MongoDB asks for a user name and a password, and there are none in it"),
        ("owner:wr0ngword@", "DB_URL: MongoDB refused its user name or password. Check both"),
        ("nobody:p%40ss%20word@", "DB_URL: MongoDB refused its user name or password. Check both"),
        ("reader:p%40ss%20word@", "DB_URL: its user may not do what the service needs. Give it the role readWrite"),
    ],
    ids=["none", "wrong password", "unknown user", "reader"],
)
def test_credentials_that_mongodb_refuses_are_one_clear_line_without_the_password(credentials, line, secured):
    url = url_of(secured).replace("mongodb://", f"mongodb://{credentials}")
    with Server(wait_ready=False, DB_URL=url, WEB_CONCURRENCY=1) as server:
        for path in ("/readyz", "/profile", "/readyz", "/auth/verify"):
            answer = requests.get(server.url + path)
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert requests.get(f"{server.url}/healthz").status_code == 200
    assert server.output.count(line) == 1
    assert not any(word in server.output for word in ("wr0ngword", "p@ss", "p%40ss"))


@pytest.mark.edge
def test_corrected_credentials_are_used_without_a_restart_and_read_write_is_enough(secured):
    url = url_of(secured).replace("mongodb://", "mongodb://late:p%40ss%20word@")
    with Server(wait_ready=False, DB_URL=url, WEB_CONCURRENCY=1, **LIMITED) as server:
        assert requests.get(f"{server.url}/readyz").status_code == 503
        with MongoClient(secured.url.replace("mongodb://", "mongodb://root:rootword@")) as client:
            client.trouble.command("createUser", "late", pwd="p@ss word", roles=["readWrite"])
        wait_until(lambda: requests.get(f"{server.url}/readyz").status_code == 200, RECOVERY)
        person = Remote(server.url)
        assert person.register().status_code == 201
        assert person.logged_in().refresh().status_code == 200
    assert server.output.count("DB_URL: MongoDB refused its user name or password. Check both") == 1
    assert not any(word in server.output for word in ("p@ss", "p%40ss"))


@pytest.mark.long
def test_a_silent_store_of_the_limits_is_a_503_and_only_on_limited_routes(db_url, app):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:  # the kernel accepts, nobody answers
        store = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with Server(DB_URL=db_url, WEB_CONCURRENCY=1, RATELIMIT_STORAGE_URL=store, **LIMITED) as server:
            answer = Remote(server.url).login()
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            assert requests.get(f"{server.url}/readyz").status_code == 200


@pytest.mark.edge
def test_a_right_login_that_the_database_fails_stays_on_no_counter(mongod):
    with Server(DB_URL=mongod.url.replace("/?", "/undecided?"), WEB_CONCURRENCY=1, **LIMITED) as server:
        person = Remote(server.url)
        assert person.register().status_code == 201
        with MongoClient(mongod.url) as client:
            counters = client.undecided
            for commands in (["insert", "commitTransaction"], ["delete", "commitTransaction"], ["find"]):
                with failing(mongod, failCommands=commands, errorCode=8):
                    assert person.login().status_code == 503
                wait_until(lambda: requests.get(f"{server.url}/readyz").status_code == 200, RECOVERY)
                assert counters.rate_limits.count_documents({"_id": {"$regex": "login_account"}}) == 0
            assert person.login().status_code == 200
            assert counters.login_delays.count_documents({"failures": {"$gt": 0}}) == 0
