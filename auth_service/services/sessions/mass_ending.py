"""Ends the sessions of all users: after a restore, sessions that ended since the backup would be active again."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from auth_service.clock import Clock
from auth_service.database.connection import patient_database
from auth_service.documents.session import SESSIONS, EndReason, Session
from auth_service.services.sessions.active import BATCH
from auth_service.services.sessions.ending import SessionEnding, ids_by_user


class MassEnding:
    """Works through the database of `url` in batches, each ended in one command."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, url: str) -> None:
        self._clock = clock
        self._ending = ending
        self._url = url

    def end_all(self) -> int:
        """End every session that is active now, with an event in the audit trail for each; their number.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer; the batches before stay ended, and the next call
                goes on.
        """
        ended = 0
        with patient_database(self._url) as database:
            active: Iterator[Any] = database[SESSIONS].find(
                Session.active(self._clock.now()), {"sessionId": 1, "userId": 1}
            )
            while batch := list(islice(active, BATCH)):
                reason, sessions = EndReason.REVOKED_BY_ADMIN, database[SESSIONS]
                ended += self._ending.end_batch(ids_by_user(batch), reason=reason, sessions=sessions)
        return ended
