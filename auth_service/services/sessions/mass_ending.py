"""Ends everybody's sessions: after a restore, when what was ended since the backup lives again."""

from collections import defaultdict
from itertools import islice
from typing import Any

from pymongo.database import Database

from auth_service.clock import Clock
from auth_service.database.connection import patient_database
from auth_service.documents.session import EndReason, Session
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.ending import SessionEnding

BATCH = 1000  # sessions


class MassEnding:
    """Works through the database of `url` in batches, each ended in one command."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, audit: Audit, url: str) -> None:
        self._clock = clock
        self._ending = ending
        self._audit = audit
        self._url = url

    def end_all(self) -> int:
        """End every session that lives now, and tell the audit trail of each; how many there were.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer; those before are ended.
        """
        ended = 0
        with patient_database(self._url) as database:
            living = database.sessions.find(Session.active(self._clock.now()), {"sessionId": 1, "userId": 1})
            while batch := list(islice(living, BATCH)):
                ended += self._end(database, batch)
        return ended

    def _end(self, database: Database[dict[str, Any]], batch: list[dict[str, Any]]) -> int:
        reason, by_user = EndReason.REVOKED_BY_ADMIN, defaultdict(list)
        for record in batch:
            by_user[record["userId"]].append(record["sessionId"])
        outcome = database.sessions.update_many(
            {"_id": {"$in": [record["_id"] for record in batch]}, "endedAt": None},
            self._ending.marks(self._clock.now(), reason),
        )
        for user_id, session_ids in by_user.items():
            self._audit.record_ended(session_ids, user_id=user_id, reason=reason)
        return outcome.modified_count
