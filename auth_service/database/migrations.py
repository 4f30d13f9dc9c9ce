"""Runs the pending migrations in the order of their numbers, and records each in the collection `migrations`.

One process at a time does so, under a lease. A migration is recorded in one transaction with a renewal of the lease. A
process that lost the lease after a pause records nothing and stops, and the next one runs the same migration again:
migrations must be idempotent.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from pymongo.database import Database

from auth_service.clock import Clock
from auth_service.database import migration_files
from auth_service.database.connection import patient_database
from auth_service.database.faults import explain
from auth_service.database.leases import LIFETIME, Lease, LeaseBusy, LeaseLost
from auth_service.database.migration_files import FOLDER, MigrationFile, MigrationsUnreadable
from auth_service.database.transactions import MAJORITY
from auth_service.documents.user import User

log = logging.getLogger(__name__)

COLLECTION, LOCKS, LEASE = "migrations", "locks", "migrations"
PATIENCE = timedelta(minutes=10)  # for another process that runs them

Data = Database[dict[str, Any]]


class MigrationFailed(Exception):
    """A migration failed, and none after it was run; the message is one sentence for the operator."""


class MigrationsBusy(MigrationFailed):
    """Another process runs the migrations."""


class State(StrEnum):
    """The state of a migration. `CHANGED` was run when its file had another text; `GONE` was run and lost its file."""

    DONE = "done"
    PENDING = "pending"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration; one that was run also has the time and its duration in seconds."""

    name: str
    state: State
    ran_at: datetime | None = None
    seconds: float | None = None


class Migrations:
    """The migrations of `folder` on the database of `url`."""

    def __init__(self, *, clock: Clock, url: str, folder: Path = FOLDER, lifetime: timedelta = LIFETIME) -> None:
        self._clock = clock
        self._url = url
        self._folder = folder
        self._lifetime = lifetime

    def status(self) -> list[Migration]:
        """All migrations by name, including those whose file is gone.

        Raises:
            MigrationFailed: the folder cannot be read.
        """
        return _compare(self._files(), _records(User._get_collection().database))

    def pending(self) -> list[str]:
        """The names of those that were not run, in order.

        Raises:
            MigrationFailed: the folder cannot be read.
        """
        return [each.name for each in self.status() if each.state is State.PENDING]

    def run(
        self,
        *,
        done: Callable[[Migration], None] = lambda migration: None,
        waiting: Callable[[], None] = lambda: None,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Run the pending ones. `done` is called after each, `waiting` once if another process runs them at first.

        Raises:
            MigrationFailed: one failed; those before it stay recorded.
            MigrationsBusy: the other process did not finish within `patience`.
        """
        with patient_database(self._url) as database:
            lease = Lease(database[LOCKS], LEASE, lifetime=self._lifetime)
            try:
                with lease.held(patience=patience, waiting=waiting):
                    self._run_pending(database, lease, done)
            except LeaseBusy:
                raise MigrationsBusy("Another process is migrating; nothing was run here") from None

    def settle(self) -> None:
        """Do what a start does: run them on a database without users; on any other, log that some are pending.

        A new installation so needs no step of its own. On a database in use the operator decides when they run. A
        migration that fails is logged, and the start goes on.
        """
        try:
            pending = self.pending()
            if pending and User.objects.only("id").first() is None:
                self.run(done=lambda each: log.info("ran migration %s", each.name), patience=timedelta(0))
            elif pending:
                names = ", ".join(pending)
                log.warning("migrations are pending, run `.venv/bin/python -m auth_service migrate`: %s", names)
        except MigrationsBusy:
            log.info("another process runs the migrations")
        except MigrationFailed as error:
            log.error("%s", error)

    def _run_pending(self, database: Data, lease: Lease, done: Callable[[Migration], None]) -> None:
        recorded = _records(database)
        for file in self._files():
            if file.name not in recorded:
                done(self._run_one(file, database, lease))

    def _run_one(self, file: MigrationFile, database: Data, lease: Lease) -> Migration:
        began = time.monotonic()
        try:
            lease.require()
            file.load()(database)
            migration = Migration(file.name, State.DONE, self._clock.now(), round(time.monotonic() - began, 3))
            _record(file, migration, database, lease)
        except LeaseLost:
            raise MigrationFailed(f"{file.name} was not recorded: another process has taken over meanwhile") from None
        except Exception as error:
            log.debug("%s failed", file.name, exc_info=True)
            raise MigrationFailed(f"{file.name} failed and nothing after it was run: {explain(error)}") from error
        return migration

    def _files(self) -> list[MigrationFile]:
        try:
            return migration_files.read(self._folder)
        except MigrationsUnreadable as error:
            raise MigrationFailed(f"migrations_seed cannot be read: {error}") from None


def _record(file: MigrationFile, migration: Migration, database: Data, lease: Lease) -> None:
    """Record that `file` was run, in one transaction with a renewal of the lease.

    Raises:
        LeaseLost: this process does not hold it any more; nothing is recorded.
    """
    record = {"checksum": file.checksum, "ranAt": migration.ran_at, "seconds": migration.seconds}

    def work(running: Any) -> None:
        lease.require(running)
        database[COLLECTION].update_one({"_id": file.name}, {"$setOnInsert": record}, upsert=True, session=running)

    with database.client.start_session() as session:
        session.with_transaction(work, write_concern=MAJORITY)


def _records(database: Data) -> dict[str, dict[str, Any]]:
    return {record["_id"]: record for record in database[COLLECTION].find()}


def _compare(files: Iterable[MigrationFile], records: dict[str, dict[str, Any]]) -> list[Migration]:
    found = [_state_of(file, records.get(file.name)) for file in files]
    gone = [
        Migration(name, State.GONE, record.get("ranAt"), record.get("seconds"))
        for name, record in records.items()
        if name not in {each.name for each in found}
    ]
    return sorted(found + gone, key=lambda each: each.name)


def _state_of(file: MigrationFile, record: dict[str, Any] | None) -> Migration:
    if record is None:
        return Migration(file.name, State.PENDING)
    state = State.DONE if record.get("checksum") == file.checksum else State.CHANGED
    return Migration(file.name, state, record.get("ranAt"), record.get("seconds"))
