"""Writes refusals for want of permission to the audit trail: of each session the first in an hour.

A caller can provoke refusals without end, so the rest are only lines of the log and counted by the metrics. The time of
the last event stands in the session, which every request reads anyway: a flood costs no further command, and all
workers agree.
"""

from datetime import timedelta

from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit

INTERVAL = timedelta(hours=1)


class Refusals:
    """Writes that a session's user was refused."""

    def __init__(self, *, clock: Clock, audit: Audit) -> None:
        self._clock = clock
        self._audit = audit

    def record(self, session: SessionRecord, *, route: str) -> None:
        """Write that `route`, a method and a URL rule, was refused, unless the hour of this session has its event.

        A failure of the database does not reach the caller: the refusal stands without its event.
        """
        last = session.get("forbiddenAt")
        if last is not None and last > self._clock.now() - INTERVAL:
            return
        try:
            first = self._claim(session)
        except PyMongoError as error:
            self._audit.lose(1, error)
            return
        if first:
            self._audit.record(
                EventType.FORBIDDEN, user_id=session["userId"], session_id=session["sessionId"], failure=route
            )

    def _claim(self, session: SessionRecord) -> bool:
        """Begin an hour of this session, and return whether this call began it: of parallel ones, one."""
        now = self._clock.now()
        condition = {"_id": session["_id"], "forbiddenAt": {"$not": {"$gt": now - INTERVAL}}}
        sessions = Session._get_collection().with_options(write_concern=WriteConcern(w=1))
        return bool(sessions.update_one(condition, {"$set": {"forbiddenAt": now}}).modified_count)
