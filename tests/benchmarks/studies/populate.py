"""Fills a database as months of use would have: `python -m tests.benchmarks.studies.populate --db-url URL`.

Users, sessions and audit events, in the form the documents give them and through their indexes. The
sessions were opened one after the other; those of the last 30 days live, the others ended within the history. All
users have one password, and the first is an admin. At the end a table tells what each collection takes.
"""

import argparse
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice

import click
import pymongo
from mongoengine import disconnect
from mongoengine.connection import get_db
from pymongo.write_concern import WriteConcern

from auth_service.database import connection, indexes
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.settings.service import DatabaseSettings
from tests.benchmarks.studies.past import PERIOD, events, sessions, users

USERS, SESSIONS = 100_000, 1_000_000
BATCH = 5000
PATIENCE = 120  # seconds a batch may take: the service itself waits for no longer than 1.5
COLLECTIONS = (User, Session, AuditEvent)


@dataclass(frozen=True)
class Size:
    """How much there is to be; `period` is the time over which the sessions were opened."""

    users: int = USERS
    sessions: int = SESSIONS
    period: timedelta = PERIOD

    @property
    def documents(self):
        return self.users + self.sessions * 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db-url", required=True, help="an empty database; it is not asked whether it is")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    options = parser.parse_args()
    populate(options.db_url, Size(options.users, options.sessions))
    return 0


def populate(url, size, *, label="populating"):
    """Fill the database at `url`, and return and print what its collections then take."""
    connection.connect(DatabaseSettings(url=url))
    try:
        indexes.ensure_indexes()
        now = datetime.now(timezone.utc).replace(microsecond=0)
        with click.progressbar(length=size.documents, label=label, file=sys.stderr) as bar:
            people = insert_users(users(size.users, now), bar)
            insert_sessions(sessions(people, size.sessions, size.period, now), bar)
        figures = measured()
    finally:
        disconnect()
    print_table(figures)
    return figures


def insert_users(accounts, bar):
    """Insert `accounts` and return their ids."""
    ids = []
    while batch := list(islice(accounts, BATCH)):
        insert(User, batch, bar)
        ids += [each["_id"] for each in batch]
    return ids


def insert_sessions(opened, bar):
    """Insert sessions with all that belongs to them."""
    while batch := list(islice(opened, BATCH)):
        insert(Session, batch, bar)
        insert(AuditEvent, [event for each in batch for event in events(each)], bar)


def insert(document, records, bar):
    """Insert `records`, of which one is held against the document's own form."""
    if not records:
        return
    document._from_son(records[-1]).validate()
    assert set(records[-1]) <= set(document._db_field_map.values()) | {"_id"}
    collection = document._get_collection().with_options(write_concern=WriteConcern(w=1))
    with pymongo.timeout(PATIENCE):
        collection.insert_many(records, ordered=False)
    bar.update(len(records))


def measured():
    """`$collStats` of each collection, by its name."""
    with pymongo.timeout(PATIENCE):
        get_db().client.admin.command("fsync")  # else what is in memory alone has no size yet
    names = [document._get_collection_name() for document in COLLECTIONS]
    stage = {"$collStats": {"storageStats": {}}}
    return {name: next(get_db()[name].aggregate([stage]))["storageStats"] for name in names}


def print_table(figures):
    """Print a row a collection and a row an index."""
    print(f"{'collection / index':40} {'documents':>10} {'bytes each':>10} {'data MB':>9} {'on disk MB':>10}")
    for name, stats in figures.items():
        count = stats["count"] or 1
        sizes = f"{stats['size'] / 1e6:9.1f} {stats['storageSize'] / 1e6:10.1f}"
        print(f"{name:40} {stats['count']:10} {stats['size'] / count:10.1f} {sizes}")
        for index, size in sorted(stats["indexSizes"].items()):
            print(f"  {index:38} {'':10} {size / count:10.1f} {'':9} {size / 1e6:10.1f}")


if __name__ == "__main__":
    sys.exit(main())
