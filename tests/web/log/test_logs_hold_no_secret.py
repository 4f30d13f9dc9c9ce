"""At LOG_LEVEL=debug, through success, failure and abuse, no log line, answer or audit event holds a secret.

A canary is a secret that cannot be mistaken for anything else. Every one is used in every way the service knows, in
places it belongs and in places it does not.
"""

import json
import logging
from dataclasses import dataclass, field

import pytest
import requests
from bson import json_util
from pymongo import MongoClient

from auth_service.development.mongod import Mongod
from tests.support import shell
from tests.support.geo.server import GeoServer
from tests.support.server import PROGRAMS, Server, answers, frozen, wait_until
from tests.support.traffic.canaries import Caller, Canaries, credentials, use_everything

pytestmark = [pytest.mark.edge, pytest.mark.timeout(300)]  # a dozen processes, each at work for a while


@dataclass
class Life:
    """What one life of the service left behind."""

    canaries: Canaries
    caller: Caller
    log: str = ""
    events: list = field(default_factory=list)
    commands: str = ""
    metrics: str = ""


@pytest.fixture(scope="module", params=PROGRAMS)
def life(tmp_path_factory, request):
    """The service at debug, used in every way, its database frozen for a while and gone in the end."""
    canaries, folder = Canaries(), tmp_path_factory.mktemp("secrets")
    with Mongod(folder / "mongodb") as mongod, MongoClient(mongod.url) as client, GeoServer(status=500) as mirror:
        client.admin.command("createUser", "service", pwd=canaries.database, roles=[{"role": "root", "db": "admin"}])
        variables = {**settings(canaries, mongod.port), **geo_settings(canaries, mirror, folder)}
        variables |= keys_settings(canaries, folder)
        with Server(program=request.param, **variables) as server:
            wait_until(lambda: mirror.seen, 10)
            life = Life(canaries, Caller(server.url, canaries))
            use_everything(life.caller, canaries)
            bearer = {"Authorization": f"Bearer {canaries.metrics}"}
            life.metrics = requests.get(f"{server.url}/metrics", headers=bearer, timeout=30).text
            life.events = [json_util.dumps(each) for each in client.secrets.audit_events.find()]
            with frozen(mongod.pid):
                life.caller.post("/auth/login", credentials(canaries.wrong))
                life.caller.post("/auth/refresh", cookie=canaries.tokens[1])
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


def keys_settings(canaries, folder):
    (folder / "keys.pem").write_bytes(canaries.key_file)
    (folder / "half.pem").write_bytes(canaries.key_file[:-9])
    (folder / "broken.pem").write_bytes(canaries.key_file.replace(b"\nM", b"\n!"))
    return {"JWT_KEYS_FILE": folder / "keys.pem", "PUBLIC_URL": "https://auth.example.com"}


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
        (["keys", "list"],),
        (["keys", "new", "half.pem"],),
        (["keys", "new", "keys.pem"],),
    ]


def mistakes(canaries):
    """Wrong configurations, with the secrets in them."""
    return [
        {"DB_URL": f"mongodb://service:{canaries.database}@@/x"},
        {"DB_URL": f"postgres://service:{canaries.database}@127.0.0.1/x"},
        {"DB_URL": f"mongodb://service:{canaries.database}@127.0.0.1:port/x"},
        {"JWT_ACCESS_SECRET": canaries.access_key[:20], "JWT_REFRESH_EXPIRES_IN": canaries.refresh_key},
        {"GEO_DOWNLOAD_URL": f"ftp://{canaries.mirror_token}/"},
        {"JWT_KEYS_FILE": "half.pem"},
        {"JWT_KEYS_FILE": "broken.pem"},
        {"JWT_KEYS_FILE": canaries.key_line},
        {"PORT": canaries.admin, "COOKIE_SAME_SITE": canaries.admin, "LOG_LEVEL": canaries.admin},
    ]


def command(folder, variables, arguments, typed=""):
    """What a command writes."""
    outcome = shell.run(*arguments, folder=folder, stdin=typed, **variables)
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
    assert life.commands.count("The configuration has problems") == len(mistakes(life.canaries))


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
