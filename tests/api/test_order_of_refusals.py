"""A request that is wrong in every way hears of its faults in one order, whichever of them are mended first."""

import json

import pytest

from auth_service.errors import LoginBusy
from auth_service.monitoring.readiness import Readiness
from auth_service.services.credentials.hashing_queue import HashingQueue
from tests.support.api import PASSWORD, Api

EMAIL = "ada@example.com"
STRICT = {
    "RATELIMIT_ENABLED": "true",
    "LOGIN_DELAY_ENABLED": "true",
    "RATELIMIT_REGISTER": "1/hour",
    "RATELIMIT_LOGIN": "1/hour",
    "RATELIMIT_LOGIN_ACCOUNT": "1/hour",
    "RATELIMIT_PASSWORD": "1/hour",
}
LARGE = b"x" * 20_000
CREDENTIALS = {"email": EMAIL, "password": "a wrong guess"}


@pytest.fixture
def strict(app, app_with, database):
    """A service in which every limit is one call an hour."""
    for name in ("rate_limits", "login_delays"):
        database[name].delete_many({})
    return app_with(**STRICT)


@pytest.fixture
def away(monkeypatch):
    """Makes the database look away until it is called."""
    with monkeypatch.context() as patched:
        patched.setattr(Readiness, "ready", False)
        patched.setattr(Readiness, "await_first_try", lambda self, seconds: None)
        yield patched.undo


@pytest.fixture
def busy(monkeypatch):
    """Lets no password wait for its hash until it is called."""

    def refuse(self, known):
        raise LoginBusy

    with monkeypatch.context() as patched:
        patched.setattr(HashingQueue, "require_capacity", refuse)
        yield patched.undo


class Request:
    """A POST whose faults are mended one after the other; the limits count it each time."""

    def __init__(self, app, database, path):
        self.http, self.database, self.path = app.test_client(), database, path
        self.headers = {"Origin": "https://evil.example"}
        self.body, self.type = LARGE, "text/plain"
        self.limited = True

    def send(self):
        if not self.limited:
            self.database.rate_limits.delete_many({})
        return self.http.post(self.path, data=self.body, content_type=self.type, headers=self.headers)

    def code(self):
        response = self.send()
        return (response.json or {}).get("code", response.status_code)

    def mend(self, **changes):
        for name, value in changes.items():
            setattr(self, name, value)
        return self

    def with_json(self, **members):
        return self.mend(body=json.dumps(members).encode())


def exhaust(app, path, count=1, **options):
    for _ in range(count):
        app.test_client().post(path, **options)


def test_a_registration_hears_in_this_order(strict, database, away):
    request = Request(strict, database, "/auth/register")
    assert request.code() == "payload_too_large"
    request.mend(body=b"{")
    assert request.code() == "cross_site"
    request.mend(headers={})
    assert request.code() == "database_unavailable"
    away()
    exhaust(strict, request.path)
    assert request.code() == "rate_limited"
    assert request.mend(limited=False).code() == "unsupported_media_type"
    assert request.mend(type="application/json").code() == "invalid_json"
    assert request.with_json().code() == "invalid_request"
    assert request.with_json(email="no address", password="x").send().json["errors"].keys() == {"email"}
    assert request.with_json(email=EMAIL, password="x").send().json["errors"].keys() == {"password"}
    assert request.with_json(email=EMAIL, password=PASSWORD).code() == 201
    assert request.code() == "email_taken"


def test_a_login_hears_in_this_order(strict, database, away, busy, clock):
    request = Request(strict, database, "/auth/login")
    assert request.code() == "payload_too_large"
    request.mend(body=b"{")
    assert request.code() == "cross_site"
    request.mend(headers={})
    assert request.code() == "database_unavailable"
    away()
    exhaust(strict, request.path)
    assert request.code() == "rate_limited"
    assert request.mend(limited=False).code() == "unsupported_media_type"
    assert request.mend(type="application/json").code() == "invalid_json"
    assert request.with_json().code() == "invalid_request"
    assert request.with_json(email="no address", password="x").send().json["errors"].keys() == {"email"}
    request.with_json(**CREDENTIALS)
    assert request.code() == "login_busy"
    busy()
    assert [request.code() for _ in range(12)] == ["invalid_credentials"] * 11 + ["login_delayed"]
    clock.advance(hours=1)
    assert request.code() == "invalid_credentials"


def test_the_limit_of_an_account_comes_before_the_wait_for_a_hash(strict, database, busy):
    request = Request(strict, database, "/auth/login").mend(headers={}, type="application/json", limited=False)
    request.with_json(**CREDENTIALS)
    assert request.code() == "login_busy"
    busy()
    assert request.code() == "invalid_credentials"  # and is counted for the account
    database.rate_limits.delete_many({"_id": {"$not": {"$regex": "account"}}})
    request.limited = True
    assert request.code() == "rate_limited"


def test_a_refresh_hears_in_this_order(strict, database, away):
    request = Request(strict, database, "/auth/refresh")
    assert request.code() == "payload_too_large"
    request.mend(body=b"{")
    assert request.code() == "cross_site"
    request.mend(headers={})
    assert request.code() == "cross_site"  # a body that a form could send
    request.mend(type="application/json")
    assert request.code() == "database_unavailable"
    away()
    assert request.code() == "token_missing"
    request.http.set_cookie("refreshToken", "garbage", path="/auth")
    assert request.code() == "invalid_token"
    owner = Api(strict).registered().logged_in()
    request.http.set_cookie("refreshToken", owner.refresh_token, path="/auth")
    owner.logout()
    assert request.code() == "logout"


def test_a_logout_hears_in_this_order(strict, database, away):
    request = Request(strict, database, "/auth/logout")
    assert request.code() == "payload_too_large"
    request.mend(body=b"{")
    assert request.code() == "cross_site"
    request.mend(headers={}, body=b"")
    assert request.code() == "database_unavailable"
    away()
    assert request.code() == 200


def test_a_password_change_hears_in_this_order(strict, database, away, clock):
    request = Request(strict, database, "/profile/password")
    assert request.code() == "payload_too_large"
    request.mend(body=b"{")
    assert request.code() == "cross_site"
    request.mend(headers={})
    assert request.code() == "database_unavailable"
    away()
    assert request.code() == "token_missing"
    request.mend(headers={"Authorization": "Bearer garbage"})
    assert request.code() == "invalid_token"
    database.rate_limits.delete_many({})
    owner = Api(strict).registered().logged_in()
    database.rate_limits.delete_many({})
    ended = Api(strict).logged_in()
    ended.logout()
    request.mend(headers={"Authorization": f"Bearer {ended.access_token}"})
    assert request.code() == "logout"
    request.mend(headers={"Authorization": f"Bearer {owner.access_token}"})
    exhaust(strict, request.path, headers=request.headers)
    assert request.code() == "rate_limited"
    assert request.mend(limited=False).code() == "unsupported_media_type"
    assert request.mend(type="application/json").code() == "invalid_json"
    assert request.with_json().code() == "invalid_request"
    assert request.with_json(currentPassword="x", newPassword="x").send().json["errors"].keys() == {"newPassword"}
    request.with_json(currentPassword="a wrong guess", newPassword="another horse battery")
    assert [request.code() for _ in range(12)] == ["wrong_password"] * 11 + ["login_delayed"]
    clock.advance(minutes=1)
    assert request.code() == "wrong_password"
