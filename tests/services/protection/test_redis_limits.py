"""The rate limits in a real Redis, shared by real workers: a store that fails is a 503, never an open door."""

import pytest

from tests.support.parallel import at_once
from tests.support.peers.redis import Redis
from tests.support.remote import Remote
from tests.support.server import Server

pytestmark = pytest.mark.edge

SLOW_HASHES = {"BCRYPT_ROUNDS": 11, "WEB_THREADS": 4}
SETTINGS = {"RATELIMIT_ENABLED": "true", "RATELIMIT_LOGIN": "20/hour", "WEB_CONCURRENCY": 2}


@pytest.fixture
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture
def server(app, db_url, redis):
    with Server(DB_URL=db_url, RATELIMIT_STORAGE_URL=redis.url, **SETTINGS) as server:
        yield server


def guess(server):
    return Remote(server.url, password="a wrong guess").login()


def test_all_workers_count_in_it(server, database):
    database.rate_limits.delete_many({})
    statuses = [guess(server).status_code for _ in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    assert database.rate_limits.count_documents({}) == 0


def test_while_it_is_frozen_logins_are_503_and_sessions_go_on(server, redis, services):
    browser = Remote(server.url)
    browser.register()
    browser.logged_in()
    redis.freeze()
    response = guess(server)
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert response.headers["Retry-After"]
    assert browser.verify().status_code == 204
    redis.thaw()
    assert guess(server).status_code == 401


def test_what_is_not_decided_is_given_back_to_it(db_url, app, redis):
    with Server(DB_URL=db_url, RATELIMIT_STORAGE_URL=redis.url, **SLOW_HASHES, **SETTINGS) as server:
        answers = at_once(*[lambda: guess(server)] * 20)
        decided = [answer for answer in answers if answer.status_code == 401]
        assert 0 < len(decided) < 20
        statuses = [guess(server).status_code for _ in range(21 - len(decided))]
        assert statuses == [401] * (20 - len(decided)) + [429]


def test_an_outage_of_it_is_logged_once_and_so_is_its_end(db_url, app, redis):
    with Server(DB_URL=db_url, RATELIMIT_STORAGE_URL=redis.url, **{**SETTINGS, "WEB_CONCURRENCY": 1}) as server:
        for times in (1, 2):
            redis.freeze()
            assert [guess(server).status_code for _ in range(3)] == [503] * 3
            redis.thaw()
            assert [guess(server).status_code for _ in range(2)] == [401] * 2
            assert server.log.count("the store of the rate limits does not answer") == times
            assert server.log.count("the store of the rate limits answers again") == times


def test_once_it_is_gone_logins_are_503(server, redis):
    redis.process.kill()
    redis.process.wait(10)
    response = guess(server)
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
