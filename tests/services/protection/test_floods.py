"""A flood of logins with random addresses fills the hashing queue for strangers, and keeps no known caller out."""

import secrets
import threading

import pytest

from tests.support.api import Api
from tests.support.parallel import at_once

pytestmark = pytest.mark.edge

PROTECTED = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true", "TRUST_PROXY": 1}
FEW_PLACES = {"WEB_THREADS": 12, "BCRYPT_ROUNDS": 9, "BCRYPT_WAIT": "30s"}
NEW = "an entirely new one"


@pytest.fixture
def service(app, app_with, database):
    for counters in ("rate_limits", "login_delays"):
        database[counters].delete_many({})
    return app_with(**PROTECTED, **FEW_PLACES)


class Flood:
    """Logins for random addresses from the networks of one IPv6 /56, by 16 connections, until the block is left."""

    def __init__(self, service):
        self.service, self.codes = service, []
        self._over, self._refused = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(16)]

    def _run(self):
        while not self._over.is_set():
            address = f"2001:db8:0:ab{secrets.token_hex(1)}::1"
            email = f"{secrets.token_hex(8)}@example.com"
            response = Api(self.service).login(email=email, headers={"X-Forwarded-For": address})
            self.codes.append(response.json["code"])
            if self.codes[-1] == "login_busy":
                self._refused.set()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        assert self._refused.wait(30), "it never filled the queue"
        return self

    def __exit__(self, *details):
        self._over.set()
        for thread in self._threads:
            thread.join()


def from_home(call, *arguments, **options):
    return call(*arguments, headers={"X-Forwarded-For": "192.0.2.1"}, **options)


def with_device(service, cookie, email):
    browser = Api(service).called(email, NEW)
    browser.http.set_cookie("knownDevice", cookie, path="/auth")
    return browser


def test_a_known_device_logs_in_and_a_session_changes_its_password_during_a_flood(service):
    owner = Api(service).registered()
    assert from_home(owner.login).status_code == 200
    with Flood(service) as flood:
        assert [from_home(owner.login).status_code for _ in range(6)] == [200] * 6
        body = {"currentPassword": owner.password, "newPassword": NEW}
        assert from_home(owner.post, "/profile/password", json=body).status_code == 200
        assert "login_busy" in flood.codes[-200:]
    assert set(flood.codes) <= {"login_busy", "invalid_credentials", "rate_limited"}


def test_a_device_that_is_not_known_any_more_waits_as_strangers_do(service):
    """Its cookie gets it past the first look at the queue, and the account says no."""
    owner = Api(service).registered()
    assert from_home(owner.login).status_code == 200
    stale = owner.http.get_cookie("knownDevice", path="/auth").value
    body = {"currentPassword": owner.password, "newPassword": NEW}
    assert from_home(owner.post, "/profile/password", json=body).status_code == 200
    with Flood(service):
        answers = [from_home(with_device(service, stale, owner.email).login) for _ in range(12)]
    assert "login_busy" in {answer.json.get("code") for answer in answers}


def test_a_site_has_as_many_logins_decided_as_four_networks_during_a_flood(app, app_with, database):
    database.rate_limits.delete_many({})
    service = app_with(**PROTECTED, **FEW_PLACES, RATELIMIT_LOGIN="5/hour")

    def guess(number):
        email, address = f"{number}@example.com", f"2001:db8:0:ab{number:02x}::1"
        return Api(service).login(email=email, headers={"X-Forwarded-For": address}).json["code"]

    codes = at_once(*[lambda number=number: guess(number) for number in range(16)])
    assert "login_busy" in codes
    codes += [guess(number) for number in range(16, 48)]  # those that were not decided are allowed again
    assert codes.count("invalid_credentials") == 20
    assert codes[-1] == "rate_limited"
