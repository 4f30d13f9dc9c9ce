"""A failed login does the same whether there is an account or not: the same commands in order, the same hashing."""

from types import SimpleNamespace

import bcrypt
import pytest

from tests.support.api import Api
from tests.support.commands import recorded_commands

ROUNDS = 6
PROTECTED = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true", "BCRYPT_ROUNDS": ROUNDS}
COMMANDS = [
    "findAndModify rate_limits",  # by network
    "find rate_limits",  # by account
    "find users",
    "find login_delays",
    "update login_delays",  # near
    "update login_delays",  # far
    "findAndModify rate_limits",  # by account
    "insert audit_events",
]
ONE_HASH = [("checkpw", ROUNDS)]


@pytest.fixture
def service(app, app_with, database):
    for counters in ("rate_limits", "login_delays"):
        database[counters].delete_many({})
    return app_with(**PROTECTED)


@pytest.fixture
def owner(service):
    return Api(service).registered("owner@example.com").logged_in()


@pytest.fixture
def gone(service):
    """Somebody whose account was deleted: an unknown address, with cookies that were genuine."""
    gone = Api(service).registered("gone@example.com").logged_in()
    token = gone.refresh_token
    assert gone.delete(f"/users/{gone.user_id}").status_code == 200
    gone.refresh_token = token
    return gone


@pytest.fixture
def work(monkeypatch):
    """Every call of bcrypt, as its name and its cost, in order."""
    calls = []

    def observe(name):
        real = getattr(bcrypt, name)

        def observed(secret, salt_or_hash):
            calls.append((name, int(salt_or_hash.split(b"$")[2])))
            return real(secret, salt_or_hash)

        monkeypatch.setattr(bcrypt, name, observed)

    observe("checkpw")
    observe("hashpw")
    return calls


def device(api):
    return api.http.get_cookie("knownDevice", path="/auth").value


def done(service, work, email, password="a wrong guess", **cookies):
    """What a failed login of a new browser does: its commands, and its calls of bcrypt."""
    browser = Api(service)
    for name, value in cookies.items():
        browser.http.set_cookie(name, value, path="/auth")
    work.clear()
    with recorded_commands() as commands:
        assert browser.login(email=email, password=password).status_code == 401
    return SimpleNamespace(commands=[f"{name} {collection}" for name, collection in commands], hashes=list(work))


COOKIES = {
    "no cookie": lambda owner, gone: {},
    "another account's device": lambda owner, gone: {
        "knownDevice": device(Api(owner.http.application).registered().logged_in())
    },
    "a forged device": lambda owner, gone: {"knownDevice": device(owner) + "x"},
    "a device that is no text": lambda owner, gone: {"knownDevice": "x" * 600},
    "an active refresh token": lambda owner, gone: {"refreshToken": owner.refresh_token},
    "a refresh token of no account": lambda owner, gone: {"refreshToken": gone.refresh_token},
    "a forged refresh token": lambda owner, gone: {"refreshToken": owner.refresh_token + "x"},
    "both, of another": lambda owner, gone: {"knownDevice": device(gone), "refreshToken": gone.refresh_token},
}


@pytest.mark.parametrize("password", ["a wrong guess", "x" * 2000])
@pytest.mark.parametrize("cookies", COOKIES.values(), ids=COOKIES)
def test_whatever_cookies_come_with_it(service, owner, gone, work, cookies, password):
    presented = cookies(owner, gone)
    for email in (owner.email, "nobody@example.com", "a.nobody.with.a.long.name@sub.example.com"):
        did = done(service, work, email, password, **presented)
        assert (did.commands, did.hashes) == (COMMANDS, ONE_HASH)


def test_with_a_device_that_was_known(service, owner, gone, work, clock):
    """Once known: before a password change, and before a deletion."""
    old = device(owner)
    clock.advance(seconds=1)
    body = {"currentPassword": owner.password, "newPassword": "an entirely new one"}
    assert owner.post("/profile/password", json=body).status_code == 200
    for email, cookie in ((owner.email, old), (gone.email, device(gone))):
        did = done(service, work, email, knownDevice=cookie)
        assert (did.commands, did.hashes) == (COMMANDS, ONE_HASH)


def test_a_known_device_alone_has_one_counter_instead_of_two(service, owner, work):
    did = done(service, work, owner.email, knownDevice=device(owner))
    assert did.commands == [*COMMANDS[:5], *COMMANDS[6:]]
    assert did.hashes == ONE_HASH


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
@pytest.mark.parametrize("cost", [4, 5, 6])
@pytest.mark.parametrize("password", ["a wrong guess", " spaced "])
def test_whatever_an_import_stored(service, owner, work, database, prefix, cost, password):
    stored = bcrypt.hashpw(b"another password", bcrypt.gensalt(cost)).decode().replace("$2b$", prefix)
    database.users.update_one({"email": owner.email}, {"$set": {"password": stored}})
    known, unknown = (done(service, work, email, password) for email in (owner.email, "nobody@example.com"))
    assert known.commands == unknown.commands == COMMANDS
    assert iterations(known.hashes) == iterations(unknown.hashes) == len({password, password.strip()}) * 2**ROUNDS
    if cost == ROUNDS and password == password.strip():
        assert known.hashes == unknown.hashes


def iterations(calls):
    return sum(2**cost for _, cost in calls)
