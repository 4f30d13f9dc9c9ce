"""Reads the database of the Express service in batches, without relying on any index."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.database import Database

from auth_service.services.imports.old_records import OldRecord, is_active, session_id_of

USERS, SESSIONS, TOKENS = "users", "sessions", "refreshtokens"
BATCH = 1000  # users
OLD_FORM = {"absoluteExpiresAt": {"$exists": False}}  # every session of this service has that field


@dataclass(frozen=True, slots=True)
class OldUser:
    """A user with their usable sessions, each with its newest active refresh token."""

    record: OldRecord
    sessions: list[tuple[OldRecord, OldRecord]] = field(default_factory=list)


class OldDatabase:
    """The users in `database`, with the sessions and tokens that are active at the moment `now`."""

    def __init__(self, database: Database[dict[str, Any]], *, now: datetime) -> None:
        self._users, self._sessions, self._tokens = (database[name] for name in (USERS, SESSIONS, TOKENS))
        self._now = now

    def users(self) -> Iterator[list[OldUser]]:
        """All users in batches, in the order of their creation."""
        batch: list[OldRecord] = []
        for record in self._users.find(batch_size=BATCH).sort("_id", ASCENDING):
            batch.append(record)
            if len(batch) == BATCH:
                yield self._with_sessions(batch)
                batch = []
        if batch:
            yield self._with_sessions(batch)

    def _with_sessions(self, users: Sequence[OldRecord]) -> list[OldUser]:
        ids = [form for record in users for form in _forms(record["_id"])]
        active = {
            session_id_of(record): record
            for record in self._sessions.find({"userId": {"$in": ids}, **OLD_FORM})
            if session_id_of(record) and is_active(record, self._now)
        }
        tokens = self._newest_tokens(list(active))
        sessions: dict[str, list[tuple[OldRecord, OldRecord]]] = defaultdict(list)
        for session_id, record in active.items():
            if token := tokens.get(session_id):
                sessions[str(record["userId"])].append((record, token))
        return [OldUser(record, sessions[str(record["_id"])]) for record in users]

    def _newest_tokens(self, session_ids: Sequence[str]) -> dict[str, OldRecord]:
        """The newest token of each session, if it is active; older tokens were replaced and are ignored."""
        ids = [form for session_id in session_ids for form in _forms(session_id)]
        newest: dict[str, OldRecord] = {}
        for record in self._tokens.find({"sessionId": {"$in": ids}}).sort("_id", ASCENDING):
            newest[session_id_of(record)] = record
        return {session_id: record for session_id, record in newest.items() if self._is_usable(record)}

    def _is_usable(self, token: OldRecord) -> bool:
        raw = token.get("refreshToken")
        return isinstance(raw, str) and bool(raw) and is_active(token, self._now)


def _forms(identifier: object) -> list[Any]:
    """An id in the forms in which the old service may refer to it: as an ObjectId and as its text."""
    is_object_id = isinstance(identifier, (str, ObjectId)) and ObjectId.is_valid(identifier)
    return [ObjectId(str(identifier)), str(identifier)] if is_object_id else [identifier]
