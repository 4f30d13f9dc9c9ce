"""What `SESSION_TOUCH_INTERVAL` saves: `python -m tests.benchmarks.studies.touch_writes`.

Somebody uses a session for an hour, a request every so many seconds, and refreshes when the access token runs out. The
clock is moved, so nothing waits. Counted are the commands the service sends, the entries of MongoDB's oplog with their
bytes, and the bytes its cache and its journal took. Counts are exact and the same on every machine.
"""

import argparse
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from mongoengine import disconnect
from mongoengine.connection import get_connection

from auth_service.app import create_app
from auth_service.development.mongod import Mongod
from auth_service.settings.settings import Settings
from tests.benchmarks import FAST
from tests.support.api import Api
from tests.support.clock import MovableClock
from tests.support.commands import recorded_commands
from tests.support.settings import environment

HOUR = timedelta(hours=1)
REFRESHED_AFTER = timedelta(minutes=4, seconds=50)
INTERVALS = ("0", "10s", "1m", "5m")
EVERY = (2, 10, 60)  # seconds between two requests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    titles = ("requests", "refreshes", "reads", "writes", "oplog", "oplog bytes", "journal bytes")
    print("one request every, interval" + "".join(f"{title:>14}" for title in titles))
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        Mongod(Path(folder) / "mongodb") as mongod,
    ):
        for every in EVERY:
            for interval in INTERVALS:
                print_row(every, interval, an_hour(mongod, every, interval))
    return 0


def an_hour(mongod, every, interval):
    """What an hour of use costs, by name."""
    name = f"every_{every}_{interval}"
    url = mongod.url.replace("/?", f"/{name}?")
    clock = MovableClock()
    clock.freeze()
    settings = Settings.from_env(
        environment(DB_URL=url, SESSION_TOUCH_INTERVAL=interval, LOG_LEVEL="error"), dotenv=None
    )
    app = create_app(settings, clock=clock)
    try:
        app.extensions["auth_service"].services.readiness.prepare()
        api = Api(app).registered().logged_in()
        return counted(api, clock, timedelta(seconds=every), name)
    finally:
        disconnect()


def counted(api, clock, every, database):
    client = get_connection()
    mark = client.local["oplog.rs"].find_one(sort=[("$natural", -1)])["ts"]
    journal = journaled(client)
    with recorded_commands() as commands:
        requests, refreshes = use(api, clock, every)
    names = Counter(name for name, _ in commands)
    entries = oplog(client, mark, database)
    return {
        "requests": requests,
        "refreshes": refreshes,
        "reads": names["find"],
        "writes": sum(names[name] for name in ("findAndModify", "insert", "update")),
        "oplog": len(entries),
        "oplog bytes": sum(entries),
        "journal bytes": journaled(client) - journal,
    }


def use(api, clock, every):
    """An hour of requests and refreshes, and how many there were."""
    requests = refreshes = 0
    refreshed = passed = timedelta(0)
    while passed < HOUR:
        clock.advance(seconds=every.total_seconds())
        passed += every
        if passed - refreshed >= REFRESHED_AFTER:
            assert api.refresh().status_code == 200
            refreshed, refreshes = passed, refreshes + 1
        assert api.verify().status_code == 204
        requests += 1
    return requests, refreshes


def oplog(client, mark, database):
    """The sizes of the database's entries since `mark`; those of a transaction come as one."""
    found = client.local["oplog.rs"].aggregate(
        [
            {"$match": {"ts": {"$gt": mark}}},
            {"$project": {"ns": 1, "o.applyOps.ns": 1, "size": {"$bsonSize": "$$ROOT"}}},
        ]
    )
    return [entry["size"] for entry in found if f"'{database}." in str(entry)]


def journaled(client):
    """The bytes MongoDB has written to its journal so far."""
    return client.admin.command("serverStatus")["wiredTiger"]["log"]["log bytes written"]


def print_row(every, interval, costs):
    print(f"{every:9} s {interval:>15}" + "".join(f"{value:14}" for value in costs.values()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
