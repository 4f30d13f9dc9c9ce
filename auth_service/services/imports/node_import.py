"""Imports the database of the Express service that this one replaces: users and their active sessions.

Each user is transferred in one transaction, so an interrupted import can be resumed. From another database, transferred
users are recorded and skipped from then on, even if they are deleted here. In place, a record that already has the form
of this service is left unchanged. Raw tokens are replaced by their SHA-256.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.database import connection, indexes, transactions
from auth_service.database.leases import Lease, LeaseBusy, LeaseLost
from auth_service.documents.user import User
from auth_service.geo.places import Places
from auth_service.services.imports.cleanup import drop_foreign_indexes, drop_leftovers
from auth_service.services.imports.old_database import TOKENS, OldDatabase, OldUser
from auth_service.services.imports.old_records import Limits, Unusable
from auth_service.services.imports.user_transfer import Elsewhere, InPlace, UserTransfer
from auth_service.settings.sessions import SessionSettings

IMPORTS, LOCKS, NAME = "imports", "locks", "import-node"

Data = Database[dict[str, Any]]


class ImportRefused(Exception):
    """Nothing was imported; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of an import: the numbers of imported records, and the users that were left out, with the reasons."""

    in_place: bool
    counts: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)


class NodeImport:
    """Imports into the service's own database at `url`."""

    def __init__(self, *, clock: Clock, places: Places, url: str, sessions: SessionSettings) -> None:
        self._clock = clock
        self._places = places
        self._url = url
        self._settings = sessions

    def run(self, source_url: str, *, progress: Callable[[int], None] = lambda users: None) -> Report:
        """Import the database at `source_url`; `progress` is called with the number of users read so far.

        Raises:
            ImportRefused: another import is running, or users share an e-mail address.
            ConfigurationError: the URL is not valid.
            pymongo.errors.PyMongoError: a database does not answer; the import can be resumed.
        """
        with connection.patient_database(self._url) as here, connection.patient_database(source_url) as there:
            try:
                lease = Lease(here[LOCKS], NAME)
                with lease.held(patience=timedelta(0)):
                    return self._run(here, there, lease, progress)
            except (LeaseBusy, LeaseLost):
                raise ImportRefused("Another import is running; run this one again when it has ended") from None

    def _run(self, here: Data, there: Data, lease: Lease, progress: Callable[[int], None]) -> Report:
        report = Report(in_place=_are_same(here, there))
        if report.in_place:
            report.counts["indexes"] = drop_foreign_indexes(here)
        _prepare()
        limits, read = self._limits(), 0
        writer = InPlace() if report.in_place else Elsewhere(here, now=limits.now)
        transfer = UserTransfer(writer, limits=limits, places=self._places)
        for batch in OldDatabase(there, now=limits.now).users():
            lease.require()
            for user in batch:
                _transfer(user, transfer, report)
            progress(read := read + len(batch))
        if report.in_place:
            drop_leftovers(here)
        if report.counts["sessions"]:
            here[IMPORTS].update_one({"_id": NAME}, {"$max": {"importedAt": limits.now}}, upsert=True)
        return report

    def _limits(self) -> Limits:
        settings = self._settings
        return Limits(
            now=self._clock.now(),
            idle=settings.idle_lifetime,
            absolute=settings.absolute_lifetime,
            absolute_admin=settings.admin_absolute_lifetime,
            history=timedelta(days=settings.history_days),
        )


def _transfer(user: OldUser, transfer: UserTransfer, report: Report) -> None:
    try:
        sessions = transfer.run(user)
    except Unusable as reason:
        report.left_out.append(f"user {user.record['_id']}: {reason}")
        return
    if sessions is not None:
        report.counts.update(users=1, sessions=sessions)


def _are_same(here: Data, there: Data) -> bool:
    """Whether both are the same database, whatever their URLs: a marker written to one is found in the other."""
    mark = {"_id": uuid4().hex}
    here[IMPORTS].insert_one(mark)
    try:
        return there[IMPORTS].find_one(mark) is not None
    finally:
        here[IMPORTS].delete_one(mark)


def _prepare() -> None:
    transactions.require_transactions()
    try:
        indexes.ensure_indexes()
    except DuplicateKeyError as error:
        fields = " and ".join((error.details or {}).get("keyPattern", {})) or "key"
        raise ImportRefused(f"Two records have the same {fields}: change one of them by hand first") from None


def last_import() -> datetime | None:
    """When sessions were last imported; `None` if they never were."""
    record = User._get_collection().database[IMPORTS].find_one({"_id": NAME})
    moment: datetime | None = record["importedAt"] if record else None
    return moment


def has_raw_tokens() -> bool:
    """Whether the service's own database contains raw tokens, which an import in place removes."""
    return User._get_collection().database[TOKENS].find_one({}, {"_id": 1}) is not None
