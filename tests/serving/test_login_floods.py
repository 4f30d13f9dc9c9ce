"""Many logins at once over real workers: a burst is served, and a flood is refused before it takes everything."""

import pytest
from pymongo import MongoClient

from tests.support.parallel import at_once
from tests.support.remote import Remote
from tests.support.server import Server

pytestmark = pytest.mark.edge


@pytest.fixture
def url(mongod_url, worker_id):
    name = f"floods_{worker_id}"
    with MongoClient(mongod_url.format(name=name)) as client:
        client.drop_database(name)
    return mongod_url.format(name=name)


def test_a_burst_of_24_registrations_and_logins_sees_no_503(url):
    with Server(DB_URL=url, WEB_CONCURRENCY=2, WEB_THREADS=None, BCRYPT_ROUNDS=4) as server:
        people = [Remote(server.url, f"user{number}@example.com") for number in range(24)]
        assert {response.status_code for response in at_once(*[person.register for person in people])} == {201}
        for _ in range(3):
            assert {response.status_code for response in at_once(*[person.login for person in people])} == {200}


def test_a_flood_is_refused_with_retry_after_while_sessions_go_on(url):
    with Server(DB_URL=url, WEB_CONCURRENCY=1, WEB_THREADS=4, BCRYPT_ROUNDS=11, BCRYPT_WAIT="300ms") as server:
        owner = Remote(server.url)
        owner.register()
        owner.logged_in()
        flood = [owner.with_token(None).login for _ in range(12)]
        *logins, verified = at_once(*flood, owner.verify)
        assert verified.status_code == 204
        refused = [response for response in logins if response.status_code != 200]
        assert refused
        assert {(response.status_code, response.json()["code"]) for response in refused} == {(503, "login_busy")}
        assert all(response.headers["Retry-After"] for response in refused)
        assert owner.login().status_code == 200
