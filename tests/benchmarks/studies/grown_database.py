"""Compares calls on a grown database with the same on an empty one.

Run: `python -m tests.benchmarks.studies.grown_database`.

One mongod has both databases, `populate` fills both in the same way, and a service as it ships runs on each. "Empty"
means that it holds the callers alone, a session each, so that both answer with as much. Callers and calls take turns,
now on one database first and now on the other. The exit code is 0 when every median is at most 1.3 times the empty
one's. Then MongoDB's profiler tells how many keys and documents a call made it look at.
"""

import argparse
import contextlib
import http.client
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import click
from pymongo import MongoClient

from auth_service.clock import SystemClock
from auth_service.database.paging import Position
from auth_service.development.mongod import Mongod
from auth_service.services.tokens.claims import Authentication, Claims, digest
from auth_service.services.tokens.codec import TokenCodec
from auth_service.settings.settings import Settings
from auth_service.web import page_cursors
from tests.benchmarks import FAST, SHIPPED, SilentServer
from tests.benchmarks.studies.populate import SESSIONS, USERS, Size, populate
from tests.support.api import REFRESH_COOKIE
from tests.support.settings import environment

CALLERS = 1000
ROUNDS = 1  # in each, every caller makes every call once
WARM_UP = 20  # callers whose first calls are not counted
PROFILED = 30  # calls the profiler looks at
LIMIT = 1.3  # times the empty database's median
ALL_LIVING = timedelta(days=10)
AS_SHIPPED = {**SHIPPED, "RATELIMIT_ENABLED": None, "LOGIN_DELAY_ENABLED": None, "WEB_CONCURRENCY": 1}
OF_A_CALL = {"$regex": r"\.(users|sessions)$"}


@dataclass(frozen=True)
class Caller:
    """One living session of the database, with tokens that its service believes."""

    access_token: str
    refresh_token: str


class Side:
    """A service and its database, with the callers that were found in it."""

    def __init__(self, url, server, count):
        self.client = MongoClient(url, tz_aware=True)
        self.database = self.client.get_default_database()
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        settings = Settings.from_env(environment(DB_URL=url), dotenv=None)
        self._tokens = TokenCodec(settings=settings.tokens, issuer=settings.service.name, clock=SystemClock())
        self.callers = [self._caller(session) for session in self._living(count)]
        self.admin = self._caller(next(self._sessions({"role": "admin", "endedAt": None}, 1)))
        self.emails = [user["email"] for user in self.database.users.aggregate([{"$sample": {"size": count}}])]
        self._middle = self._middle_page()

    def calls(self, number):
        """What caller `number` sends, by name."""
        caller = self.callers[number]
        admin = {"Authorization": f"Bearer {self.admin.access_token}"}
        email = self.emails[number % len(self.emails)]
        return {
            "GET /profile": ("GET", "/profile", {"Authorization": f"Bearer {caller.access_token}"}),
            "POST /auth/refresh": ("POST", "/auth/refresh", {"Cookie": f"{REFRESH_COOKIE}={caller.refresh_token}"}),
            "GET /users, first page": ("GET", "/users", admin),
            "GET /users, middle page": ("GET", f"/users?cursor={self._middle}", admin),
            "GET /users?email=": ("GET", f"/users?email={email}", admin),
        }

    def seconds_of(self, number, method, path, headers):
        """How long the call takes until its answer is read to the end."""
        began = time.perf_counter()
        self._connection.request(method, path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        assert answer.status == 200, body
        if path == "/auth/refresh":
            refreshed = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
            self.callers[number] = Caller(self.callers[number].access_token, refreshed)
        return seconds

    def reconnect(self):
        """Leave the connection, which the server gives up when it is idle; the next call opens another."""
        self._connection.close()

    def _living(self, count):
        return self._sessions({"role": "user", "endedAt": None}, count)

    def _sessions(self, condition, count):
        now = datetime.now(timezone.utc)
        living = {**condition, "expiresAt": {"$gt": now}, "absoluteExpiresAt": {"$gt": now + timedelta(hours=1)}}
        found = list(self.database.sessions.aggregate([{"$match": living}, {"$sample": {"size": count}}]))
        assert len(found) == count, f"{len(found)} living sessions instead of {count}"
        return iter(found)

    def _caller(self, session):
        """Give the session a refresh token with a text that the service itself could have written."""
        now = SystemClock().now()
        user, sid = str(session["userId"]), session["sessionId"]
        refresh = self._tokens.encode_refresh(Claims(user, sid, uuid4().hex, now, now + timedelta(hours=1)))
        works_next = {"refreshHash": digest(refresh), "generation": 0, "refreshExpiresAt": now + timedelta(hours=1)}
        self.database.sessions.update_one({"sessionId": sid}, {"$set": works_next})
        return Caller(self._tokens.encode_access(sub=user, sid=sid, authentication=Authentication.of(session)), refresh)

    def _middle_page(self):
        middle = self.database.users.estimated_document_count() // 2
        user = next(self.database.users.find().sort({"createdAt": -1, "_id": -1}).skip(middle).limit(1))
        return page_cursors.encode(Position(user["createdAt"], user["_id"]))


def main():
    options = parsed()
    alone = Size(options.callers + 1, options.callers + 1, period=ALL_LIVING)
    grown = Size(options.users, options.sessions)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None))
        mongod = stack.enter_context(Mongod(Path(folder) / "mongodb"))
        urls = [filled(mongod, name, size) for name, size in (("empty", alone), ("grown", grown))]
        servers = [stack.enter_context(SilentServer(DB_URL=url, **AS_SHIPPED)) for url in urls]
        sides = [Side(url, server, options.callers) for url, server in zip(urls, servers, strict=True)]
        outcome = report(measured(sides, options))
        print_examined(*[examined(side) for side in sides])
    return outcome


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--callers", type=int, default=CALLERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def filled(mongod, name, size):
    """The URL of a new database with what `size` says."""
    url = mongod.url.replace("/?", f"/{name}?")
    began = time.monotonic()
    print(f"{name}:", flush=True)
    populate(url, size, label=name)
    print(f"{size.documents} documents in {time.monotonic() - began:.0f} s\n", flush=True)
    return url


def measured(sides, options):
    """Seconds of each call on the empty and on the grown database, by its name."""
    samples = {name: ([], []) for name in sides[0].calls(0)}
    for side in sides:
        side.reconnect()
    turns = [(number, turn) for turn in range(options.rounds) for number in range(options.callers)]
    for number in range(min(WARM_UP, options.callers)):
        every_call(sides, number, {name: ([], []) for name in samples}, [0, 1])
    with click.progressbar(turns, label="measuring", file=sys.stderr) as bar:
        for number, turn in bar:
            every_call(sides, number, samples, [0, 1] if (number + turn) % 2 else [1, 0])
    return samples


def every_call(sides, number, samples, order):
    """Caller `number` makes every call once on both sides, in this order."""
    for name in samples:
        for which in order:
            samples[name][which].append(sides[which].seconds_of(number, *sides[which].calls(number)[name]))


def examined(side):
    """By call and command, how much the database looked at for it at most: keys, documents, and the plan it took."""
    side.reconnect()
    worst = {}
    for name in side.calls(0):
        side.database.system.profile.drop()
        side.database.command("profile", 2)
        for number in range(PROFILED):
            side.seconds_of(number, *side.calls(number)[name])
        side.database.command("profile", 0)
        for seen in side.database.system.profile.find({"planSummary": {"$exists": True}, "ns": OF_A_CALL}):
            key = (name, f"{seen['op']} {seen['ns'].partition('.')[2]}")
            keys, documents, plans = worst.get(key, (0, 0, set()))
            worst[key] = (
                max(keys, seen.get("keysExamined", 0)),
                max(documents, seen.get("docsExamined", 0)),
                plans | {seen["planSummary"]},
            )
    return worst


def print_examined(empty, grown):
    print(f"\nlooked at, at most (of {PROFILED} calls)              keys, documents: empty    grown  plans when grown")
    for call, command in grown:
        keys, documents, plans = grown[call, command]
        few = "{}, {}".format(*empty.get((call, command), ("-", "-"))[:2])
        print(f"{call:25} {command:32} {few:>9} {f'{keys}, {documents}':>8}  {'; '.join(sorted(plans))}")


def report(samples):
    """Print a row a call; 0 when all figures are reached, else 1."""
    reached = True
    titles = ("calls", "empty p50", "grown p50", "ratio", "empty p95", "grown p95")
    print(f"\n{'call':25}" + "".join(f"{title:>11}" for title in titles))
    for name, seconds in samples.items():
        empty, grown = (1000 * statistics.median(each) for each in seconds)
        tails = [1000 * statistics.quantiles(each, n=20)[18] for each in seconds]
        reached = reached and grown / empty <= LIMIT
        row = f"{name:25}{len(seconds[0]):11}{empty:8.2f} ms{grown:8.2f} ms{grown / empty:11.2f}"
        print(f"{row}{tails[0]:8.2f} ms{tails[1]:8.2f} ms")
    print(f"every ratio of the medians at most {LIMIT}: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
