"""How often one may ask: shared by all workers, by address and by account."""

import pytest
from pymongo.errors import AutoReconnect

from auth_service.database.circuit import circuit
from auth_service.services.protection.counters import MongoDBCounters
from tests.support.api import Api
from tests.support.parallel import at_once

LIMITS = {
    "RATELIMIT_ENABLED": "true",
    "TRUST_PROXY": "1",
    "RATELIMIT_REGISTER": "3/hour",
    "RATELIMIT_LOGIN": "6/hour",
    "RATELIMIT_LOGIN_ACCOUNT": "4/hour",
    "RATELIMIT_PASSWORD": "2/hour",
}


@pytest.fixture
def limited(app, app_with, database):
    """Two workers of a service with low limits: two applications on one database."""
    database.rate_limits.delete_many({})
    workers = []
    for _ in range(2):
        worker = app_with(**LIMITS)
        workers.append(worker)
    return workers


def at(address):
    return {"X-Forwarded-For": address}


def register(worker, number, address="192.0.2.1"):
    body = {"email": f"user{number}@example.com", "password": "correct horse battery"}
    return worker.test_client().post("/auth/register", json=body, headers=at(address))


def login(api, email="ada@example.com", password="a wrong guess", address="192.0.2.1"):
    return api.login(email=email, password=password, headers=at(address))


def assert_limited(response, limit):
    assert (response.status_code, response.json["code"]) == (429, "rate_limited")
    assert set(response.json) == {"message", "status", "code", "requestId"}
    assert response.headers["RateLimit-Limit"] == str(limit)
    assert response.headers["RateLimit-Remaining"] == "0"
    assert 0 < int(response.headers["Retry-After"]) == int(response.headers["RateLimit-Reset"]) <= 3600


def test_registrations_are_limited_by_address_over_all_workers(limited):
    assert [register(limited[number % 2], number).status_code for number in range(3)] == [201] * 3
    assert_limited(register(limited[1], 3), 3)
    assert register(limited[0], 4, "198.51.100.1").status_code == 201


def test_the_addresses_of_one_ipv6_network_are_one(limited):
    statuses = [register(limited[0], number, f"2001:db8::{number}").status_code for number in range(4)]
    assert statuses == [201] * 3 + [429]
    assert register(limited[0], 5, "2001:db8:0:1::").status_code == 201


def test_an_ipv6_site_may_call_as_often_as_four_networks_of_it(limited):
    networks = [f"2001:db8:7:{number:x}::1" for number in range(14)]
    statuses = [register(limited[0], number, each).status_code for number, each in enumerate(networks)]
    assert statuses == [201] * 12 + [429] * 2
    assert_limited(register(limited[0], 20, "2001:db8:7:ffff::1"), 12)
    assert register(limited[0], 21, "2001:db8:8::1").status_code == 201


def test_one_ipv6_network_does_not_use_up_the_limit_of_its_site(limited):
    for number in range(20):
        register(limited[0], number, "2001:db8:7:1::1")
    assert [register(limited[0], number, f"2001:db8:7:{number}::").status_code for number in range(20, 30)] == [
        *[201] * 9,
        429,
    ]


def test_logins_are_limited_by_ipv6_site(limited):
    statuses = [login(Api(limited[0]), f"user{n}@example.com", address=f"2001:db8:7:{n:x}::") for n in range(25)]
    assert [answer.status_code for answer in statuses] == [401] * 24 + [429]


def test_logins_are_limited_by_address(limited):
    statuses = [login(Api(limited[0]), f"user{number}@example.com").status_code for number in range(7)]
    assert statuses == [401] * 6 + [429]


def test_logins_are_limited_by_account_however_it_is_spelt(limited):
    spellings = ["ada@example.com", "ADA@example.com", " ada@EXAMPLE.com", "Ada@Example.Com", "ada@example.com"]
    answers = [login(Api(limited[0]), email, address=f"192.0.2.{n}") for n, email in enumerate(spellings)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    assert_limited(answers[-1], 4)


def test_a_known_device_is_counted_apart_from_strangers(limited):
    owner = Api(limited[0])
    register(limited[0], 1)
    owner.called("user1@example.com")
    assert owner.login(headers=at("192.0.2.1")).status_code == 200
    for number in range(4):
        login(Api(limited[0]), owner.email, address=f"198.51.100.{number}")
    assert login(Api(limited[0]), owner.email, address="198.51.100.9").status_code == 429
    assert owner.login(headers=at("192.0.2.1")).status_code == 200


def test_password_changes_are_limited(limited):
    register(limited[0], 1)
    owner = Api(limited[0]).called("user1@example.com").logged_in()
    body = {"currentPassword": "a wrong guess", "newPassword": "an entirely new one"}
    assert [owner.post("/profile/password", json=body).status_code for _ in range(3)] == [403, 403, 429]


def test_exactly_as_many_as_allowed_pass_at_the_same_moment(limited):
    workers = [limited[number % 2] for number in range(30)]
    responses = at_once(*[lambda n=n, worker=worker: register(worker, n) for n, worker in enumerate(workers)])
    statuses = [response.status_code for response in responses]
    assert statuses.count(201) == 3
    assert statuses.count(429) == 27


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/openapi.json"])
def test_health_and_description_are_free(limited, path):
    client = limited[0].test_client()
    assert {client.get(path, headers=at("192.0.2.1")).status_code for _ in range(20)} == {200}


def test_a_separate_store_that_is_away_is_complained_of_once(app, app_with, caplog):
    worker = app_with(**LIMITS, RATELIMIT_STORAGE_URL="redis://127.0.0.1:1")
    assert {register(worker, number).status_code for number in range(4)} == {503}
    assert {login(Api(worker)).status_code for _ in range(4)} == {503}
    assert [line for line in caplog.messages if "rate limits" in line] == [
        "the store of the rate limits does not answer: ConnectionError"
    ]


@pytest.mark.parametrize("path", ["/auth/register", "/auth/login"])
def test_a_store_that_fails_is_503_and_no_open_door(limited, path, monkeypatch, database):
    def fail(*arguments, **options):
        raise AutoReconnect("away")

    monkeypatch.setattr(MongoDBCounters, "incr", fail)
    body = {"email": "ada@example.com", "password": "correct horse battery"}
    response = limited[0].test_client().post(path, json=body)
    assert (response.status_code, response.json["code"]) == (503, "database_unavailable")
    with circuit.trying():  # the breaker is open now
        assert database.users.count_documents({}) == 0
