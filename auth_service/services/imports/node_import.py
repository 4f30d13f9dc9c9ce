"""Takes over the database of the Express service that this one replaces: users, and the sessions they are in.

Each user is taken over in one transaction, so an import that was cut short goes on where it stopped. From another
database, a user is remembered as taken over and never looked at again, also when deleted here since. In place, a
record that has this service's form is left alone. Raw tokens become their SHA-256.
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
    """Nothing was taken over; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: how many of what, and which users it could not take over, with the reason."""

    in_place: bool
    counts: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)


class NodeImport:
    """Imports into the service's own database, of `url`."""

    def __init__(self, *, clock: Clock, places: Places, url: str, sessions: SessionSettings) -> None:
        self._clock = clock
        self._places = places
        self._url = url
        self._settings = sessions

    def run(self, source_url: str, *, progress: Callable[[int], None] = lambda users: None) -> Report:
        """Take over the database of `source_url`; `progress` hears how many users were looked at.

        Raises:
            ImportRefused: another import runs, or users share one e-mail address to the letter.
            ConfigurationError: the URL is none.
            pymongo.errors.PyMongoError: a database does not answer; run it again.
        """
        with connection.patient_database(self._url) as here, connection.patient_database(source_url) as there:
            try:
                lease = Lease(here[LOCKS], NAME)
                with lease.held(patience=timedelta(0)):
                    return self._run(here, there, lease, progress)
            except (LeaseBusy, LeaseLost):
                raise ImportRefused("Another import is running; run this one again when it has ended") from None

    def _run(self, here: Data, there: Data, lease: Lease, progress: Callable[[int], None]) -> Report:
        report = Report(in_place=_are_one(here, there))
        if report.in_place:
            report.counts["indexes"] = drop_foreign_indexes(here)
        _prepare()
        limits, seen = self._limits(), 0
        writer = InPlace() if report.in_place else Elsewhere(here, now=limits.now)
        transfer = UserTransfer(writer, limits=limits, places=self._places)
        for batch in OldDatabase(there, now=limits.now).users():
            lease.require()
            for user in batch:
                _transfer(user, transfer, report)
            progress(seen := seen + len(batch))
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


def _are_one(here: Data, there: Data) -> bool:
    """Whether both are the same database, whatever their URLs: a mark that is made in one is found in the other."""
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
        twice = (error.details or {}).get("keyValue")
        raise ImportRefused(f"Two records have the same {twice}: change one of them by hand first") from None


def last_import() -> datetime | None:
    """When sessions were imported last."""
    record = User._get_collection().database[IMPORTS].find_one({"_id": NAME})
    moment: datetime | None = record["importedAt"] if record else None
    return moment


def has_raw_tokens() -> bool:
    """Whether the service's own database holds tokens of the Express service, which an import in place removes."""
    return User._get_collection().database[TOKENS].find_one({}, {"_id": 1}) is not None
