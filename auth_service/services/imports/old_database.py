"""Reads the database of the Express service, batch by batch: its collections have no index that could be relied on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.database import Database

from auth_service.services.imports.old_records import Record, is_living, session_id_of

USERS, SESSIONS, TOKENS = "users", "sessions", "refreshtokens"
BATCH = 1000  # users
OLD_FORM = {"absoluteExpiresAt": {"$exists": False}}  # every session of this service has that limit


@dataclass(frozen=True, slots=True)
class OldUser:
    """A user with the sessions they can go on using: each with its newest living refresh token."""

    record: Record
    sessions: list[tuple[Record, Record]] = field(default_factory=list)


class OldDatabase:
    """The `database`; what it yields was living at the moment `now`."""

    def __init__(self, database: Database[dict[str, Any]], *, now: datetime) -> None:
        self._users, self._sessions, self._tokens = (database[name] for name in (USERS, SESSIONS, TOKENS))
        self._now = now

    def users(self) -> Iterator[list[OldUser]]:
        """All users in the order they were made, so many at a time."""
        batch: list[Record] = []
        for record in self._users.find(batch_size=BATCH).sort("_id", ASCENDING):
            batch.append(record)
            if len(batch) == BATCH:
                yield self._with_sessions(batch)
                batch = []
        if batch:
            yield self._with_sessions(batch)

    def _with_sessions(self, users: Sequence[Record]) -> list[OldUser]:
        ids = [form for record in users for form in _forms(record["_id"])]
        living = {
            session_id_of(record): record
            for record in self._sessions.find({"userId": {"$in": ids}, **OLD_FORM})
            if session_id_of(record) and is_living(record, self._now)
        }
        tokens = self._newest_tokens(list(living))
        sessions = defaultdict(list)
        for session_id, record in living.items():
            if token := tokens.get(session_id):
                sessions[str(record["userId"])].append((record, token))
        return [OldUser(record, sessions[str(record["_id"])]) for record in users]

    def _newest_tokens(self, session_ids: Sequence[str]) -> dict[str, Record]:
        """By session, its newest token, if that is living: of those before it one successor was given."""
        ids = [form for session_id in session_ids for form in _forms(session_id)]
        newest: dict[str, Record] = {}
        for record in self._tokens.find({"sessionId": {"$in": ids}}).sort("_id", ASCENDING):
            newest[session_id_of(record)] = record
        return {session_id: record for session_id, record in newest.items() if self._is_usable(record)}

    def _is_usable(self, token: Record) -> bool:
        raw = token.get("refreshToken")
        return isinstance(raw, str) and bool(raw) and is_living(token, self._now)


def _forms(id: object) -> list[Any]:
    """An id as the old service may have written it elsewhere: as an ObjectId or as its text."""
    return [ObjectId(id), str(id)] if isinstance(id, (str, ObjectId)) and ObjectId.is_valid(id) else [id]
