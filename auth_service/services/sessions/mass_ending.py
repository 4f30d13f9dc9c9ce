"""Ends the sessions of all users: after a restore, sessions that ended since the backup would be active again."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pymongo.database import Database

from auth_service.clock import Clock
from auth_service.database.connection import patient_database
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import SESSIONS, EndReason, Session
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.ending import SessionEnding, ids_by_user

BATCH = 1000  # sessions


class MassEnding:
    """Works through the database of `url` in batches, each ended in one command."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, audit: Audit, url: str) -> None:
        self._clock = clock
        self._ending = ending
        self._audit = audit
        self._url = url

    def end_all(self) -> int:
        """End every session that is active now, with an event in the audit trail for each; their number.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer; the batches before stay ended.
        """
        ended = 0
        with patient_database(self._url) as database:
            active: Iterator[Any] = database[SESSIONS].find(
                Session.active(self._clock.now()), {"sessionId": 1, "userId": 1}
            )
            while batch := list(islice(active, BATCH)):
                ended += self._end(database, batch)
        return ended

    def _end(self, database: Database[Any], batch: Sequence[SessionRecord]) -> int:
        reason = EndReason.REVOKED_BY_ADMIN
        outcome = database[SESSIONS].update_many(
            {"_id": {"$in": [session["_id"] for session in batch]}, "endedAt": None},
            self._ending.end_update(self._clock.now(), reason),
        )
        for user_id, session_ids in ids_by_user(batch).items():
            self._audit.record_ended(session_ids, user_id=user_id, reason=reason)
        return outcome.modified_count
