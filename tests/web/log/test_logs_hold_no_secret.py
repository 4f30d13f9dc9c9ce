"""At LOG_LEVEL=debug, through success, failure and abuse, no log line, answer or audit event holds a secret.

A canary is a secret that cannot be mistaken for anything else. Every one is used in every way the service knows, in
places it belongs and in places it does not.
"""

import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import urlsplit

import pytest
import requests
from bson import json_util
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from tests.support.express.service import Express
from tests.support.geo.server import GeoServer
from tests.support.server import ROOT, Server, answers, wait_until
from tests.support.settings import environment

pytestmark = [pytest.mark.edge, pytest.mark.timeout(300)]  # a dozen processes, each at work for a while


TYPES = {"Content-Type": "application/json"}
COOKIE = "refreshToken"


def canary(name):
    return f"canary-{name}-{secrets.token_hex(12)}"


class Canaries:
    """The secrets of one run; tokens are added as the service hands them out."""

    def __init__(self):
        self.access_key, self.refresh_key = canary("access-key"), canary("refresh-key")
        self.import_key = canary("import-key")
        self.old_token = Express(None, now=lambda: datetime.now(timezone.utc)).sign(
            "0" * 24, "of the Express service", secret=self.import_key
        )
        self.admin, self.database = canary("admin-password"), canary("database-password")
        self.password, self.new_password, self.wrong = canary("password"), canary("new"), canary("wrong")
        self.stranger = f"{canary('stranger')}@example.com"  # an unknown login: perhaps a password in the wrong field
        self.operator = canary("operator-password")
        self.junk, self.metrics = canary("junk-token"), canary("metrics-token")
        self.licence_key, self.mirror_token = canary("licence-key"), canary("mirror-token")
        self.tokens = []

    def named(self):
        """All but the tokens and the stranger, who would become an account and be listed."""
        return [value for name, value in vars(self).items() if name not in ("tokens", "stranger")]

    def all(self):
        return {*self.named(), self.stranger, *self.tokens, *(token.rpartition(".")[2] for token in self.tokens)}

    def found_in(self, text):
        """Which of them `text` holds."""
        return sorted(each for each in self.all() if each.lower() in text.lower())


class Caller:
    """Sends requests, keeps the tokens of all answers as canaries and the bodies of all errors."""

    def __init__(self, url, canaries):
        self.url, self.canaries = url, canaries
        self.bearer = self.cookie = None
        self.errors = []
        self.statuses = set()

    def send(self, method, path, *, bearer=None, cookie=None, headers=None, **options):
        sent = {**(headers or {})}
        if bearer or self.bearer:
            sent.setdefault("Authorization", f"Bearer {bearer or self.bearer}")
        if cookie or self.cookie:
            sent.setdefault("Cookie", f"{COOKIE}={cookie or self.cookie}")
        answer = requests.request(method, self.url + path, headers=sent, timeout=30, **options)
        self.statuses.add(answer.status_code)
        if answer.status_code >= 400:
            self.errors.append(f"{answer.headers}\n{answer.text}")
        elif "accessToken" in answer.text:
            self.bearer, self.cookie = answer.json()["accessToken"], answer.cookies[COOKIE]
            self.canaries.tokens += [self.bearer, self.cookie]
        return answer

    def post(self, path, body=None, **options):
        return self.send("POST", path, json=body, **options)


def credentials(password):
    return {"email": "ada@example.com", "password": password}


def use_everything(caller, canaries):
    """Every call, right and wrong."""
    post, send = caller.post, caller.send
    post("/auth/login", {"email": "root@example.com", "password": canaries.admin})
    caller.bearer = caller.cookie = None
    post("/auth/register", credentials(canaries.password))
    post("/auth/register", credentials(canaries.wrong))
    post("/auth/login", credentials(canaries.wrong))
    post("/auth/login", {"email": canaries.stranger, "password": canaries.wrong})
    post("/auth/login", credentials(canaries.password))
    first = caller.cookie
    post("/auth/refresh")
    post("/auth/refresh", cookie=first)  # a theft: the session ends
    caller.cookie = None
    post("/auth/login", credentials(canaries.password))
    for path in ("/profile", "/sessions", "/sessions/history", "/profile/audit", "/auth/verify"):
        send("GET", path)
    post("/profile/password", {"currentPassword": canaries.wrong, "newPassword": canaries.new_password})
    post("/profile/password", {"currentPassword": canaries.password, "newPassword": canaries.new_password})
    post("/profile/password", {"currentPassword": canaries.new_password, "newPassword": canaries.new_password[:3]})
    misplace(caller, canaries)
    abuse(caller, canaries)
    post("/auth/logout")
    caller.cookie = None
    post("/auth/login", credentials(canaries.new_password))
    user_id = send("GET", "/profile").json()["user"]["_id"]
    send("DELETE", f"/users/{user_id}")
    send("GET", "/profile")


def misplace(caller, canaries):
    """Secrets where they do not belong: other fields, names of fields, paths, queries, ids, headers."""
    for secret in [*canaries.named(), *canaries.tokens[-2:]]:
        caller.post("/auth/login", {"email": secret, "password": 5})
        caller.post("/auth/login", {"email": [secret], "password": {"$ne": secret}})
        caller.post("/auth/login", {secret: "x", "email": "ada@example.com", "password": "x"})
        caller.post("/auth/register", {"email": secret, "password": secret, "role": secret})
        caller.post("/auth/register", {"email": f"{secret} @example.com", "password": "short"})
        caller.send("GET", "/sessions/history", params={"cursor": secret})
        caller.send("GET", "/profile/audit", params={"type": secret, "from": secret, "limit": secret})
        caller.send("GET", "/profile/audit", params={secret: "x"})
        caller.send("GET", "/profile", bearer=secret)
        caller.send("GET", "/profile", headers={"Authorization": f"Basic {secret}"})
        caller.send("DELETE", f"/sessions/{secret}")
        caller.send("GET", f"/users/{secret}")
        caller.send("GET", f"/{secret}", params={"token": secret})
        caller.post("/auth/refresh", cookie=secret)
        caller.post("/auth/logout", cookie=secret, bearer=secret)
        caller.send("GET", "/", headers={"User-Agent": secret, "X-Forwarded-For": secret, "Referer": secret})


def abuse(caller, canaries):
    """Refusals of every other kind, each with a secret in what is refused."""
    body = json.dumps(credentials(canaries.wrong))
    caller.send("POST", "/auth/login", data=body, headers={**TYPES, "Origin": "https://evil.example"})
    caller.send("POST", "/auth/login", data=body, headers={"Content-Type": "text/plain"})
    caller.send("POST", "/auth/login", data=body[:-1], headers=TYPES)
    caller.send("POST", "/auth/login", data="[" * 8000 + canaries.wrong, headers=TYPES)
    caller.send("POST", "/auth/login", data=json.dumps(canaries.wrong), headers=TYPES)
    caller.send("POST", "/auth/login", data=body + " " * 17_000, headers=TYPES)
    caller.send("POST", "/auth/login", data=iter([body.encode(), b" " * 17_000]), headers=TYPES)
    caller.send("PUT", "/auth/login", data=body, headers=TYPES)
    caller.send("GET", f"/users/{'0' * 24}")
    break_http(caller.url, canaries)


def break_http(url, canaries):
    """What gunicorn refuses itself: it answers the sender in its own words, and must not write them down."""
    address = (urlsplit(url).hostname, urlsplit(url).port)
    for request in (
        f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {canaries.junk}\0\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nCookie {canaries.junk}\r\n\r\n",
        f"{canaries.junk} / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET / {canaries.junk}\r\nHost: x\r\n\r\n",
    ):
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(request.encode())
            connection.recv(4096)


@dataclass
class Life:
    """What one life of the service left behind."""

    canaries: Canaries
    caller: Caller
    log: str = ""
    events: list = field(default_factory=list)
    commands: str = ""
    metrics: str = ""


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """The service at debug, used in every way, its database frozen for a while and gone in the end."""
    canaries, folder = Canaries(), tmp_path_factory.mktemp("secrets")
    with Mongod(folder / "mongodb") as mongod, MongoClient(mongod.url) as client, GeoServer(status=500) as mirror:
        client.admin.command("createUser", "service", pwd=canaries.database, roles=[{"role": "root", "db": "admin"}])
        variables = {**settings(canaries, mongod.port), **geo_settings(canaries, mirror, folder)}
        with Server(**variables) as server:
            wait_until(lambda: mirror.seen, 10)
            life = Life(canaries, Caller(server.url, canaries))
            use_everything(life.caller, canaries)
            bearer = {"Authorization": f"Bearer {canaries.metrics}"}
            life.metrics = requests.get(f"{server.url}/metrics", headers=bearer, timeout=30).text
            life.events = [json_util.dumps(each) for each in client.secrets.audit_events.find()]
            os.kill(mongod.pid, signal.SIGSTOP)
            try:
                life.caller.post("/auth/login", credentials(canaries.wrong))
                life.caller.post("/auth/refresh", cookie=canaries.tokens[1])
            finally:
                os.kill(mongod.pid, signal.SIGCONT)
            wait_until(lambda: answers(f"{server.url}/readyz"), 10)
        life.log = server.output
        life.commands = "".join(command(folder, variables, *each) for each in commands(canaries))
    life.commands += command(folder, variables, ["users", "list"])
    life.commands += "".join(command(folder, {**variables, **wrong}, ["users", "list"]) for wrong in mistakes(canaries))
    return life


def settings(canaries, port):
    url = f"mongodb://service:{canaries.database}@127.0.0.1:{port}/secrets?replicaSet=rs0&authSource=admin"
    return {
        "DB_URL": url,
        "LOG_LEVEL": "debug",
        "JWT_SECRET": None,
        "JWT_ACCESS_SECRET": canaries.access_key,
        "JWT_REFRESH_SECRET": canaries.refresh_key,
        "METRICS_TOKEN": canaries.metrics,
        "IMPORT_JWT_SECRET": canaries.import_key,
        "REFRESH_RACE_WINDOW": "0s",
        "RATELIMIT_ENABLED": "false",
        "LOGIN_DELAY_ENABLED": "false",
        "SEED_ADMIN_ON_START": "true",
        "ADMIN_EMAIL": "root@example.com",
        "ADMIN_PASSWORD": canaries.admin,
    }


def geo_settings(canaries, mirror, folder):
    """A mirror that fails, with a token in its address; with it there, the key is told to nobody."""
    return {
        "MAXMIND_ACCOUNT_ID": "123456",
        "MAXMIND_LICENSE_KEY": canaries.licence_key,
        "GEO_DOWNLOAD_URL": f"{mirror.url}/city.mmdb?token={canaries.mirror_token}",
        "GEO_DB_FILE_PATH": folder / "geo" / "city.mmdb",
    }


def commands(canaries):
    """The operator's commands, each with what is typed on the keyboard."""
    typed, short = f"{canaries.operator}\n" * 2, f"{canaries.operator[:3]}\n" * 2
    return [
        (["seed-admin", "--email", "second@example.com", "--password", canaries.operator],),
        (["seed-admin", "--email", "nobody", "--password", canaries.operator],),
        (["users", "password", "root@example.com"], typed),
        (["users", "password", "root@example.com"], short),
        (["users", "list"],),
        (["doctor"],),
        (["geo", "update", "--force"],),
        (["geo", "status"],),
        (["migrate", "--status"],),
        (["import-node"], f"mongodb://service:{canaries.database}@127.0.0.1:1/x?serverSelectionTimeoutMS=300\n"),
        (["import-node", "--from", f"postgres://service:{canaries.database}@127.0.0.1/x"],),
        (["stats"],),
    ]


def mistakes(canaries):
    """Wrong configurations, with the secrets in them."""
    return [
        {"DB_URL": f"mongodb://service:{canaries.database}@@/x"},
        {"DB_URL": f"postgres://service:{canaries.database}@127.0.0.1/x"},
        {"DB_URL": f"mongodb://service:{canaries.database}@127.0.0.1:port/x"},
        {"JWT_ACCESS_SECRET": canaries.access_key[:20], "JWT_REFRESH_EXPIRES_IN": canaries.refresh_key},
        {"GEO_DOWNLOAD_URL": f"ftp://{canaries.mirror_token}/"},
        {"PORT": canaries.admin, "COOKIE_SAME_SITE": canaries.admin, "LOG_LEVEL": canaries.admin},
    ]


def command(folder, variables, arguments, typed=""):
    """What a command writes."""
    outcome = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment(**variables)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return outcome.stdout + outcome.stderr


def test_the_service_was_used_in_every_way(life):
    assert {200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415, 503} <= life.caller.statuses
    assert len(life.canaries.tokens) >= 8
    assert {"login", "refresh", "refresh_reused", "password_changed"} <= {
        json.loads(each)["type"] for each in life.events
    }
    assert "database does not answer" in life.log
    assert "second@example.com is now an admin" in life.commands
    assert "the geo database was not updated: 127.0.0.1 answered 500" in life.log
    assert "Error: The geo database was not updated" in life.commands
    assert life.commands.count("The configuration has problems") == 6


def test_no_line_of_the_log_holds_a_secret(life):
    assert life.log.count("\n") > 10
    assert [(line, found) for line in life.log.splitlines() if (found := life.canaries.found_in(line))] == []


def test_no_answer_that_refuses_holds_a_secret(life):
    assert len(life.caller.errors) > 100
    assert [(error, found) for error in life.caller.errors if (found := life.canaries.found_in(error))] == []


def test_no_audit_event_holds_a_secret(life):
    assert len(life.events) > 10
    assert [(event, found) for event in life.events if (found := life.canaries.found_in(event))] == []


def test_no_figure_holds_a_secret(life):
    assert "auth_service_logins_total" in life.metrics
    assert life.canaries.found_in(life.metrics) == []


def test_no_command_prints_a_secret(life):
    assert life.canaries.found_in(life.commands) == []


def test_the_search_finds_every_canary_in_a_line_that_holds_it(life):
    for each in life.canaries.all():
        line = f"2026-11-23 10:00:00,000 DEBUG auth_service what came was {each!r}"
        assert each in life.canaries.found_in(line)


def test_the_search_would_find_what_the_drivers_own_log_tells(life, api, caplog):
    with caplog.at_level(logging.DEBUG, "pymongo.command"):
        api.login(email=life.canaries.stranger, password="x")
    assert life.canaries.stranger in life.canaries.found_in(caplog.text)
