"""Takes over one user with their sessions, in one transaction: from another database, or in place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bson import ObjectId
from pymongo import InsertOne, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from auth_service.database.transactions import transaction
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.geo.places import Places
from auth_service.services.imports import old_records
from auth_service.services.imports.old_database import OLD_FORM, OldUser
from auth_service.services.imports.old_records import SECRETS, Limits, Record, Unusable
from auth_service.services.tokens.claims import digest

TAKEN_OVER = "imported_users"
DUPLICATE = 11000  # MongoDB's error code

Data = Database[dict[str, Any]]


class Writer(Protocol):
    """Where a user and their sessions are written to."""

    def is_done(self, user_id: ObjectId) -> bool:
        """Whether the user was taken over before."""

    def write_user(self, record: Record, fields: Record, running: ClientSession) -> bool:
        """Write the user; false when there is nothing to write."""

    def write_sessions(self, records: Sequence[Record], fields: Sequence[Record], running: ClientSession) -> None:
        """Write the sessions, each made of the record at the same place."""


class Elsewhere:
    """From another database, which is only read. Who was taken over is remembered for good."""

    def __init__(self, here: Data, *, now: datetime) -> None:
        self._memory = here[TAKEN_OVER]
        self._now = now
        self._done = {each["_id"] for each in self._memory.find({}, {"_id": 1})}

    def is_done(self, user_id: ObjectId) -> bool:
        """Whether an import remembers the user."""
        return user_id in self._done

    def write_user(self, record: Record, fields: Record, running: ClientSession) -> bool:
        """Insert the user, and remember it."""
        memory = User._get_collection().database[TAKEN_OVER]
        memory.insert_one({"_id": fields["_id"], "at": self._now}, session=running)
        User._get_collection().insert_one(fields, session=running)
        return True

    def write_sessions(self, records: Sequence[Record], fields: Sequence[Record], running: ClientSession) -> None:
        """Insert the sessions."""
        Session._get_collection().bulk_write([InsertOne(each) for each in fields], session=running)


class InPlace:
    """In the service's own database, whose records change their form and keep what else is in them."""

    def is_done(self, user_id: ObjectId) -> bool:
        """Never: what is done is seen from the records themselves."""
        return False

    def write_user(self, record: Record, fields: Record, running: ClientSession) -> bool:
        """Change what is not as it should be, unless the record was changed since it was read."""
        if record["_id"] != fields["_id"]:
            raise Unusable("its _id is no ObjectId, and cannot be changed in place")
        changes = {name: value for name, value in fields.items() if name not in record or record[name] != value}
        raw = {name: "" for name in SECRETS if name in record}
        if not changes and not raw:
            return False
        as_read = {"_id": record["_id"], "email": record.get("email"), "password": record.get("password")}
        update = {**({"$set": changes} if changes else {}), **({"$unset": raw} if raw else {})}
        if not User._get_collection().update_one(as_read, update, session=running).matched_count:
            raise Unusable("it was changed or deleted meanwhile; run the import again")
        return True

    def write_sessions(self, records: Sequence[Record], fields: Sequence[Record], running: ClientSession) -> None:
        """Replace the sessions that still have the old form, under their `_id`."""
        pairs = zip(records, fields, strict=True)
        replacements = [ReplaceOne({"_id": record["_id"], **OLD_FORM}, new) for record, new in pairs]
        Session._get_collection().bulk_write(replacements, session=running)


class UserTransfer:
    """Takes over users by a `writer`."""

    def __init__(self, writer: Writer, *, limits: Limits, places: Places) -> None:
        self._writer = writer
        self._limits = limits
        self._places = places

    def run(self, user: OldUser) -> int | None:
        """Write a user with their sessions and say how many; `None` when nothing of it is left to take over.

        Raises:
            Unusable: the record makes no user here, or another account has the e-mail address.
        """
        user_id = old_records.user_id_of(user.record)
        if self._writer.is_done(user_id):
            return None
        fields = old_records.user_fields(user.record, now=self._limits.now)
        sessions = [self._session(record, token, user_id, fields["role"]) for record, token in user.sessions]
        return transaction(lambda running: self._write(user, {"_id": user_id, **fields}, sessions, running))

    def _write(self, user: OldUser, fields: Record, sessions: Sequence[Record], running: ClientSession) -> int | None:
        try:
            written = self._writer.write_user(user.record, fields, running)
        except DuplicateKeyError as error:
            if "email" not in (error.details or {}).get("keyPattern", {}):
                return None  # the account itself is here already
            raise Unusable(f"another account has its address, {fields['email']}") from None
        if sessions:
            self._write_sessions(user, sessions, running)
        return len(sessions) if written or sessions else None

    def _write_sessions(self, user: OldUser, sessions: Sequence[Record], running: ClientSession) -> None:
        tokens = [self._token(token, session) for (_, token), session in zip(user.sessions, sessions, strict=True)]
        try:
            self._writer.write_sessions([record for record, _ in user.sessions], sessions, running)
            RefreshToken._get_collection().insert_many(tokens, session=running)
        except (DuplicateKeyError, BulkWriteError) as error:
            if isinstance(error, BulkWriteError) and not _only_duplicates(error):
                raise
            raise Unusable("one of its sessions or tokens has the name of another") from None

    def _session(self, record: Record, token: Record, user_id: ObjectId, role: str) -> Record:
        limits, places = self._limits, self._places
        fields = old_records.session_fields(record, user_id=user_id, role=role, limits=limits, places=places)
        works_until = old_records.expiry(token) or fields["absoluteExpiresAt"]
        return {**fields, "refreshHash": digest(token["refreshToken"]), "refreshExpiresAt": works_until}

    def _token(self, token: Record, session: Record) -> Record:
        return {
            "hash": session["refreshHash"],
            "sessionId": session["sessionId"],
            "userId": session["userId"],
            "importedAt": self._limits.now,
            "purgeAt": session["purgeAt"],
        }


def _only_duplicates(error: BulkWriteError) -> bool:
    failures = (error.details or {}).get("writeErrors", [])
    return bool(failures) and all(failure.get("code") == DUPLICATE for failure in failures)
