"""What was counted and then not decided is given back, whatever broke, and at the latest once the database answers."""

import pytest
from mongoengine.connection import get_db

from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.development.mongod import Mongod
from tests.support.api import Api
from tests.support.applications import build_app, services_of
from tests.support.clock import MovableClock
from tests.support.parallel import at_once
from tests.support.peers.failpoints import WITH_FAILPOINTS, failing
from tests.support.server import wait_until

pytestmark = pytest.mark.edge

PROTECTED = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true"}
NEW = "an entirely new one"
CALLS = {
    "login": lambda api: api.login(),
    "register": lambda api: api.register("another@example.com"),
    "password": lambda api: api.post("/profile/password", json={"currentPassword": api.password, "newPassword": NEW}),
}
BREAKS = [
    ("login", ["find"]),
    ("login", ["delete", "commitTransaction"]),
    ("login", ["insert", "commitTransaction"]),
    ("register", ["insert"]),
    ("password", ["find"]),
    ("password", ["delete", "commitTransaction"]),
    ("password", ["commitTransaction"]),
]
UNTIL_COUNTED = {"findAndModify": 1, "update": 2}  # a login's commands before it checks the password


@pytest.fixture(scope="module")
def mongod(tmp_path_factory):
    with Mongod(tmp_path_factory.mktemp("breakable") / "mongodb", options=WITH_FAILPOINTS) as mongod:
        yield mongod


@pytest.fixture
def breakable(app, mongod):
    """Makes services with every protection on a database that can be made to fail."""

    def build(**variables):
        url = mongod.url.replace("/?", "/breakable?")
        made = build_app(clock=MovableClock(), DB_URL=url, **PROTECTED, **variables)
        get_db().client.drop_database("breakable")
        services_of(made).readiness.prepare()
        return made

    yield build
    circuit.close()
    connection.connect(app.extensions["auth_service"].settings.database)


def owner_of(service):
    """A client that is logged in; nothing is counted."""
    owner = Api(service).registered().logged_in()
    get_db().rate_limits.delete_many({})
    get_db().login_delays.delete_many({})
    return owner


def calls_counted():
    """The calls that each limit has counted, where there are any."""
    counters = get_db().rate_limits.find({"count": {"$ne": 0}})
    return {counter["_id"].split("/")[1]: counter["count"] for counter in counters}


def tries_counted():
    return sum(counter["failures"] for counter in get_db().login_delays.find())


@pytest.mark.parametrize(("call", "commands"), BREAKS, ids=lambda value: value if isinstance(value, str) else value[0])
def test_a_call_that_the_database_fails_stays_on_no_counter(breakable, mongod, call, commands):
    owner = owner_of(breakable())
    with failing(mongod, failCommands=commands, errorCode=8):
        assert CALLS[call](owner).status_code == 503
    if commands[0] == "delete":  # the attempt is owed, and settled ahead of the next
        assert CALLS[call](owner).status_code == 200
        assert calls_counted().pop(call) == 1
    else:
        assert calls_counted() == {}
    assert tries_counted() == 0


def test_a_confirmation_that_the_database_fails_stays_on_no_counter(breakable, mongod):
    owner = owner_of(breakable())
    with failing(mongod, failCommands=["find"], errorCode=8):
        assert owner.post("/auth/confirm", json={"password": "a wrong guess"}).status_code == 503
    assert (calls_counted(), tries_counted()) == ({}, 0)


@pytest.mark.parametrize("call", ["login", "password"])
def test_a_call_that_breaks_in_an_unexpected_way_stays_on_no_counter(breakable, call):
    owner = owner_of(breakable())
    get_db().users.update_one({}, {"$set": {"password": 5}})
    assert CALLS[call](owner).status_code == 500
    assert (calls_counted(), tries_counted()) == ({}, 0)


def test_over_ipv6_it_is_given_back_to_the_network_and_the_site(breakable, mongod):
    owner = owner_of(breakable())
    with failing(mongod, failCommands=["commitTransaction"], errorCode=8):
        assert owner.login(environ_base={"REMOTE_ADDR": "2001:db8::1"}).status_code == 503
    assert get_db().rate_limits.count_documents({"_id": {"$regex": "/login/2001:db8::"}}) == 2
    assert (calls_counted(), tries_counted()) == ({}, 0)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_finds_no_place_to_hash_stays_on_no_counter(breakable, call):
    owner = owner_of(breakable(WEB_THREADS=4, BCRYPT_ROUNDS=9))
    browsers = [owner, *[Api(owner.http.application) for _ in range(11)]]
    for number, browser in enumerate(browsers):
        browser.called(owner.email).access_token = owner.access_token
        browser.guest = f"guest{number}@example.com"
    calls = dict(CALLS, register=lambda api: api.register(api.guest), password=wrong_change)
    answers = at_once(*[lambda api=api: calls[call](api) for api in browsers])
    decided = [answer for answer in answers if answer.status_code < 500]
    assert {answer.json["code"] for answer in answers if answer not in decided} == {"login_busy"}
    assert calls_counted().pop(call) == len(decided) < len(answers)
    assert tries_counted() == [answer.status_code for answer in decided].count(403)


def wrong_change(api):
    return api.post("/profile/password", json={"currentPassword": "a wrong guess", "newPassword": NEW})


@pytest.mark.parametrize("how", [{"errorCode": 8}, {"closeConnection": True}], ids=["refuses", "is silent"])
def test_what_cannot_be_given_back_at_once_is_owed_and_settled_before_the_next_count(breakable, mongod, how):
    service = breakable()
    owner, other = owner_of(service), Api(service)
    stranger = Api(service).called(owner.email)
    other.registered("other@example.com")
    get_db().rate_limits.delete_many({})
    counting = sum(UNTIL_COUNTED.values())
    with failing(mongod, mode={"skip": counting}, failCommands=["findAndModify", "update", "delete"], **how):
        assert stranger.login().status_code == 503
        with circuit.trying():
            assert (calls_counted(), tries_counted()) == ({"login": 1}, 2)
        assert other.login().status_code == 503  # and nothing that is owed is forgotten
    wait_until(lambda: services_of(service).readiness.ready, 30)
    assert other.login().status_code == 200
    assert calls_counted() == {"login": 1, "login_account": 1}
    assert tries_counted() == 0


def test_what_is_given_back_after_its_window_gives_nobody_more_calls_than_the_limit(breakable):
    limits = services_of(breakable(RATELIMIT_LOGIN="3/hour")).rate_limits
    limits.hit("login", "192.0.2.1")
    get_db().rate_limits.delete_many({})
    for _ in range(5):
        limits.give_back("login", "192.0.2.1")
    assert calls_counted() == {}
    for _ in range(3):
        limits.hit("login", "192.0.2.1")
    assert calls_counted() == {"login": 3}
