"""Checks on the database as it runs, and on this machine beside it. Nothing is written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mongoengine.connection import get_db
from pymongo.errors import OperationFailure, PyMongoError

from auth_service.clock import Clock
from auth_service.database import connection
from auth_service.database.migrations import Migrations
from auth_service.doctor import addresses, geo_file, import_secret, indexes, pending_migrations, previous_secret
from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.settings.settings import Settings

SKEW_NOTICED = timedelta(seconds=1)
SKEW_HARMFUL = timedelta(seconds=5)
FEWEST_MEMBERS = 3  # with fewer, the loss of one leaves no majority
SWITCH_ON = "db.adminCommand({setParameter: 1, ttlMonitorEnabled: true})"

Hello = dict[str, Any]


def examine(settings: Settings, *, clock: Clock) -> list[Finding]:
    """Everything that can be seen from here; without the database, what can be seen without it."""
    return [*_database(settings, clock), *geo_file.examine(settings.geo, now=clock.now())]


def _database(settings: Settings, clock: Clock) -> list[Finding]:
    if silence := _asked("database", _ping):
        return silence
    return [
        *_asked("replica set", lambda: [replica_set(_hello(), development=settings.service.development)]),
        *_asked("clock", lambda: [judge_skew(_measured_skew(clock))]),
        *_asked("TTL monitor", lambda: [_ttl_monitor()]),
        *_asked("indexes", indexes.examine),
        *_asked("migrations", lambda: pending_migrations.examine(Migrations(clock=clock, url=settings.database.url))),
        *_asked("import", lambda: import_secret.examine(settings.imports, now=clock.now())),
        *_asked("previous secret", lambda: previous_secret.examine(settings.tokens, now=clock.now())),
        *_asked("client address", lambda: addresses.examine(settings.service)),
    ]


def _ping() -> list[Finding]:
    connection.ping()
    return []


def _asked(check: str, ask: Callable[[], list[Finding]]) -> list[Finding]:
    """What `ask` finds, or that the database did not let it."""
    try:
        return ask()
    except OperationFailure as error:
        reason = (error.details or {}).get("errmsg") or str(error)
        return [problem(check, f"the database refuses ({reason}): look at the user and the rights in DB_URL")]
    except PyMongoError as error:
        reason = str(error).partition(" (configured")[0].partition(", Timeout:")[0]
        return [problem(check, f"the database of DB_URL does not answer ({reason}): start it, or correct DB_URL")]


def _hello() -> Hello:
    here = get_db()
    hello: Hello = here.client.admin.command("hello", codec_options=here.codec_options)
    return hello


def replica_set(hello: Hello, *, development: bool) -> Finding:
    """Whether there are transactions and failover, by the answer to `hello`."""
    if hello.get("msg") == "isdbgrid":
        return ok("replica set", "a sharded cluster")
    if "setName" not in hello:
        return problem("replica set", "a standalone server has no transactions: make it a replica set (`--replSet`)")
    members = sum(len(hello.get(kind, ())) for kind in ("hosts", "passives", "arbiters"))
    size = f"{hello['setName']} has {members} member{'' if members == 1 else 's'}"
    if members < FEWEST_MEMBERS and not development:
        return warning("replica set", f"{size}: the loss of one stops the service; run {FEWEST_MEMBERS}")
    return ok("replica set", size)


def _measured_skew(clock: Clock) -> timedelta:
    sent = clock.now()
    there = _hello()["localTime"]
    return skew(there, sent=sent, received=clock.now())


def skew(there: datetime, *, sent: datetime, received: datetime) -> timedelta:
    """How far a clock is ahead that showed `there` somewhere between `sent` and `received`: taken for the middle."""
    return there - (sent + (received - sent) / 2)


def judge_skew(ahead: timedelta) -> Finding:
    """Whether the database's clock is so far `ahead` of this machine's, or behind, that it matters."""
    distance = f"{abs(ahead.total_seconds()):.1f} s"
    if abs(ahead) <= SKEW_NOTICED:
        return ok("clock", f"within {distance} of the database's")
    level = problem if abs(ahead) > SKEW_HARMFUL else warning
    direction = "behind" if ahead > timedelta(0) else "ahead of"
    advice = "the race window and every expiry compare times of several hosts: keep all of them on NTP"
    return level("clock", f"this machine is {distance} {direction} the database's; {advice}")


def _ttl_monitor() -> Finding:
    try:
        answer = get_db().client.admin.command({"getParameter": 1, "ttlMonitorEnabled": 1})
    except OperationFailure:
        sentence = "the user of DB_URL may not ask whether it is on: let an administrator look at ttlMonitorEnabled"
        return warning("TTL monitor", sentence)
    if answer["ttlMonitorEnabled"]:
        return ok("TTL monitor", "on")
    sentence = f"off, so what is long dead is never removed: switch it on with `{SWITCH_ON}`"
    return problem("TTL monitor", sentence)
