"""The production start, by either server with environment variables alone, on a database of any state."""

import pytest
import requests
from pymongo import MongoClient

from auth_service.development.mongod import Mongod, free_port
from tests.support.server import Server, wait_until

pytestmark = pytest.mark.edge

ADMIN = {"SEED_ADMIN_ON_START": "true", "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "correct horse battery"}


@pytest.fixture
def empty_url(mongod_url, worker_id):
    """A database nobody has used."""
    url = mongod_url.format(name=f"empty_{worker_id}")
    with MongoClient(url) as client:
        client.drop_database(f"empty_{worker_id}")
    return url


@pytest.fixture(scope="module")
def server(mongod_url, worker_id, program):
    """One that only answers."""
    with Server(program=program, DB_URL=mongod_url.format(name=f"headers_{worker_id}"), WEB_CONCURRENCY=1) as running:
        yield running


def credentials():
    return {"email": ADMIN["ADMIN_EMAIL"], "password": ADMIN["ADMIN_PASSWORD"]}


def test_four_workers_prepare_an_empty_database_and_seed_one_admin(empty_url, program):
    with (
        Server(program=program, DB_URL=empty_url, WEB_CONCURRENCY=4, **ADMIN) as server,
        MongoClient(empty_url) as client,
    ):
        database = client.get_default_database()
        assert requests.post(f"{server.url}/auth/login", json=credentials()).status_code == 200
        assert database.users.count_documents({"role": "admin"}) == 1
        assert {"email_1", "createdAt_-1__id_-1"} <= set(database.users.index_information())
        assert database.sessions.index_information()["purgeAt_1"]["expireAfterSeconds"] == 0


def test_no_control_socket_and_no_traceback_in_a_normal_life(empty_url, program):
    with Server(program=program, DB_URL=empty_url, **ADMIN) as server:
        requests.post(f"{server.url}/auth/login", json=credentials())
    assert server.process.returncode == 0
    assert "Traceback" not in server.output
    assert "control" not in server.output.lower()


@pytest.mark.parametrize("path", ["/", "/profile", "/nowhere", "/docs/assets/start.js"])
def test_the_server_header_names_neither_product_nor_version(server, path):
    response = requests.get(server.url + path)
    assert response.headers["Server"] == "server"
    assert not {"gunicorn", "granian"} & set(str(response.headers).lower().split("'"))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Ssl", "on"),
        ("X-Forwarded-Protocol", "ssl"),
        ("SCRIPT_NAME", "/auth"),
    ],
)
def test_a_local_connection_is_believed_no_more_than_another(server, header, value):
    response = requests.get(f"{server.url}/auth/verify", headers={header: value})
    assert response.json()["code"] == "token_missing"
    assert "Strict-Transport-Security" not in response.headers


def test_a_trusted_proxy_is_believed_that_its_client_came_by_https(db_url, app, program):
    with Server(program=program, DB_URL=db_url, TRUST_PROXY=1, WEB_CONCURRENCY=1) as server:
        response = requests.get(server.url, headers={"X-Forwarded-Proto": "https"})
        assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_without_a_database_the_process_lives_and_says_so(program):
    with Server(
        program=program, wait_ready=False, DB_URL=f"mongodb://127.0.0.1:{free_port()}/x?replicaSet=rs0"
    ) as server:
        assert requests.get(f"{server.url}/healthz").status_code == 200
        for path in ("/auth/verify", "/readyz", "/profile", "/users"):
            response = requests.get(f"{server.url}{path}", headers={"Authorization": "Bearer x"})
            assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
            assert response.headers["Retry-After"].isdigit()


def test_a_variable_that_looks_like_a_setting_is_named_once(program):
    url = f"mongodb://127.0.0.1:{free_port()}/x"
    misspelt = {"JWT_ACCES_EXPIRES_IN": "5m", "SESSION_LIFETIME": "1d"}
    with Server(program=program, wait_ready=False, DB_URL=url, WEB_CONCURRENCY=2, **misspelt) as server:
        pass
    assert server.output.count("JWT_ACCES_EXPIRES_IN is not read: did you mean JWT_ACCESS_EXPIRES_IN?") == 1
    assert server.output.count("SESSION_LIFETIME is not read") == 1


def test_a_database_that_comes_late_is_prepared_without_a_restart(tmp_path, program):
    mongod = Mongod(tmp_path / "mongodb")
    with Server(program=program, wait_ready=False, DB_URL=mongod.url.replace("/?", "/late?"), **ADMIN) as server:
        assert requests.get(f"{server.url}/readyz").status_code == 503
        with mongod:
            wait_until(lambda: requests.get(f"{server.url}/readyz").status_code == 200, 10)
            wait_until(lambda: requests.post(f"{server.url}/auth/login", json=credentials()).status_code == 200, 5)


def test_a_wrong_environment_stops_the_start_with_every_problem_and_no_traceback(program):
    server = Server(program=program, wait_ready=False, JWT_SECRET="short", COOKIE_SECURE="false", PORT="many")
    with pytest.raises(AssertionError), server:
        pass
    assert server.process.returncode == 1
    assert "Traceback" not in server.output
    assert "short" not in server.output
    for name in ("JWT_SECRET", "COOKIE_SECURE", "PORT"):
        assert name in server.output
