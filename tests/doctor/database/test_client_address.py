"""The addresses of recent sessions betray a proxy that is not trusted."""

import pytest

from auth_service.doctor.database import client_address
from auth_service.doctor.findings import Level
from auth_service.settings.settings import Settings
from tests.support.api import Api
from tests.support.settings import environment

OK, WARNING, *_ = Level


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def recent(*addresses, users=2):
    return [{"ip": address, "userId": number % users} for number, address in enumerate(addresses)]


@pytest.mark.parametrize(
    ("sessions", "level", "words"),
    [
        ([], OK, "no sessions yet"),
        (recent("10.0.0.5", "10.0.0.5", "10.0.0.5"), WARNING, "TRUST_PROXY=0 is too low"),
        (recent("127.0.0.1", "127.0.0.1"), WARNING, "all came from 127.0.0.1"),
        (recent("::1", "::1"), WARNING, "all came from ::1"),
        (recent("10.0.0.5", "10.0.0.5", users=1), OK, "the newest session came from 10.0.0.5"),
        (recent("10.0.0.5", "10.0.0.6"), OK, "10.0.0.5"),
        (recent("9.9.9.9", "9.9.9.9"), OK, "the newest session came from 9.9.9.9"),
        (recent("9.9.9.9", "unknown", "8.8.8.8"), WARNING, "1 of the last 3 sessions have none"),
        (recent("9.9.9.9", *["8.8.8.8"] * 8, "unknown"), OK, "9.9.9.9"),
    ],
)
def test_addresses_betray_a_proxy_that_is_not_trusted(sessions, level, words):
    found = client_address.assess(sessions, settings().service)
    assert found.level is level
    assert words in found.sentence


@pytest.mark.parametrize(
    ("hops", "sessions", "words"),
    [
        (0, recent("unknown", "unknown"), "as on a Unix socket"),
        (1, recent("unknown", "9.9.9.9"), "value 1 from the right of X-Forwarded-For was no IP address"),
        (3, recent("unknown", "9.9.9.9"), "value 3 from the right"),
        (0, recent("10.0.0.5", "10.0.0.5"), "set it to the number of proxies"),
        (2, recent("10.0.0.5", "10.0.0.5"), "or X-Forwarded-For has fewer values than that"),
    ],
)
def test_the_advice_names_the_cause(hops, sessions, words):
    found = client_address.assess(sessions, settings(TRUST_PROXY=hops).service)
    assert found.level is WARNING
    assert words in found.sentence


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (1, "a-name", "unknown"),
        (1, "9.9.9.9, unknown", "unknown"),
        (1, "9.9.9.9:51234", "9.9.9.9"),
        (2, "9.9.9.9", "10.0.0.5"),
        (1, None, "10.0.0.5"),
        (0, "9.9.9.9", "10.0.0.5"),
    ],
)
def test_each_cause_gives_the_address_that_the_advice_begins_with(user, app_with, database, hops, forwarded, address):
    api = Api(app_with(TRUST_PROXY=hops))
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    api.called("user@example.com").login(headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.5"})
    session = database.sessions.find().sort("_id", -1)[0]
    assert session["ip"] == address


def test_everything_on_one_machine_is_normal_in_development():
    development = settings(APP_ENV="development").service
    assert client_address.assess(recent("127.0.0.1", "127.0.0.1"), development).level is OK


def test_the_newest_sessions_are_assessed(user, new_api):
    new_api().registered("bob@example.com").logged_in()
    api = new_api().called("user@example.com")
    api.login(environ_overrides={"REMOTE_ADDR": "9.9.9.9"})
    (found,) = client_address.examine(settings().service)
    assert "the newest session came from 9.9.9.9" in found.sentence


def test_sessions_that_ended_have_no_whole_address_and_are_passed_over(user, new_api):
    for name in ("bob", "eve"):
        api = new_api().registered(f"{name}@example.com").logged_in()
    api.logout()
    (found,) = client_address.examine(settings().service)
    assert "all came from 127.0.0.1" in found.sentence
