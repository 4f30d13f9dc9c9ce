"""Transfers one user with their sessions in one transaction, from another database or in place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bson import ObjectId
from pymongo import InsertOne, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from auth_service.database.transactions import transaction
from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.geo.places import Places
from auth_service.services.imports import old_records
from auth_service.services.imports.old_database import OLD_FORM, OldUser
from auth_service.services.imports.old_records import SECRETS, Limits, OldRecord, Unusable

IMPORTED = "imported_users"
DUPLICATE = 11000  # MongoDB's error code

Data = Database[dict[str, Any]]


class Writer(Protocol):
    """Writes a user and their sessions."""

    def is_done(self, user_id: ObjectId) -> bool:
        """Whether the user was transferred before."""

    def write_user(self, old: OldRecord, user: UserRecord, running: ClientSession) -> bool:
        """Write the user; false when there is nothing to write."""

    def write_sessions(
        self, old: Sequence[OldRecord], sessions: Sequence[SessionRecord], running: ClientSession
    ) -> None:
        """Write the sessions, each converted from the old record at the same position."""


class Elsewhere:
    """Transfers from another database, which is only read. Transferred users are recorded permanently."""

    def __init__(self, here: Data, *, now: datetime) -> None:
        self._now = now
        self._done = {each["_id"] for each in here[IMPORTED].find({}, {"_id": 1})}

    def is_done(self, user_id: ObjectId) -> bool:
        """Whether the user is recorded as transferred."""
        return user_id in self._done

    def write_user(self, old: OldRecord, user: UserRecord, running: ClientSession) -> bool:
        """Insert the user, and record the transfer."""
        users = User._get_collection()
        users.database[IMPORTED].insert_one({"_id": user["_id"], "at": self._now}, session=running)
        users.insert_one(user, session=running)
        return True

    def write_sessions(
        self, old: Sequence[OldRecord], sessions: Sequence[SessionRecord], running: ClientSession
    ) -> None:
        """Insert the sessions."""
        Session._get_collection().bulk_write([InsertOne(each) for each in sessions], session=running)


class InPlace:
    """Converts records in the service's own database; their unknown fields are kept."""

    def is_done(self, user_id: ObjectId) -> bool:
        """Always false: the records themselves show what was converted."""
        return False

    def write_user(self, old: OldRecord, user: UserRecord, running: ClientSession) -> bool:
        """Update the fields that differ, unless the record was changed since it was read."""
        if old["_id"] != user["_id"]:
            raise Unusable("its _id is no ObjectId, and cannot be changed in place")
        changes = {name: value for name, value in user.items() if name not in old or old[name] != value}
        raw = {name: "" for name in SECRETS if name in old}
        if not changes and not raw:
            return False
        as_read = {"_id": old["_id"], "email": old.get("email"), "password": old.get("password")}
        update = {**({"$set": changes} if changes else {}), **({"$unset": raw} if raw else {})}
        if not User._get_collection().update_one(as_read, update, session=running).matched_count:
            raise Unusable("it was changed or deleted meanwhile; run the import again")
        return True

    def write_sessions(
        self, old: Sequence[OldRecord], sessions: Sequence[SessionRecord], running: ClientSession
    ) -> None:
        """Replace the sessions that still have the old form; they keep their `_id`."""
        replacements = [
            ReplaceOne({"_id": record["_id"], **OLD_FORM}, {**session, "_id": record["_id"]})
            for record, session in zip(old, sessions, strict=True)
        ]
        Session._get_collection().bulk_write(replacements, session=running)


class UserTransfer:
    """Transfers users by a `writer`."""

    def __init__(self, writer: Writer, *, limits: Limits, places: Places) -> None:
        self._writer = writer
        self._limits = limits
        self._places = places

    def run(self, old: OldUser) -> int | None:
        """Transfer a user with their sessions, and return the number of sessions; `None` when nothing is left to do.

        Raises:
            Unusable: the record cannot be converted, or another account has the e-mail address.
        """
        if self._writer.is_done(old_records.user_id_of(old.record)):
            return None
        user = old_records.user_record(old.record, now=self._limits.now)
        sessions = [
            old_records.session_record(record, token, user=user, limits=self._limits, places=self._places)
            for record, token in old.sessions
        ]
        return transaction(lambda running: self._write(old, user, sessions, running))

    def _write(
        self, old: OldUser, user: UserRecord, sessions: Sequence[SessionRecord], running: ClientSession
    ) -> int | None:
        try:
            written = self._writer.write_user(old.record, user, running)
        except DuplicateKeyError as error:
            if "email" not in (error.details or {}).get("keyPattern", {}):
                return None  # the account itself exists here
            raise Unusable(f"another account has its address, {user['email']}") from None
        if sessions:
            self._write_sessions(old, sessions, running)
        return len(sessions) if written or sessions else None

    def _write_sessions(self, old: OldUser, sessions: Sequence[SessionRecord], running: ClientSession) -> None:
        try:
            self._writer.write_sessions([record for record, _ in old.sessions], sessions, running)
        except (DuplicateKeyError, BulkWriteError) as error:
            if isinstance(error, BulkWriteError) and not _only_duplicates(error):
                raise
            raise Unusable("one of its sessions has the name of another") from None


def _only_duplicates(error: BulkWriteError) -> bool:
    failures = (error.details or {}).get("writeErrors", [])
    return bool(failures) and all(failure.get("code") == DUPLICATE for failure in failures)
