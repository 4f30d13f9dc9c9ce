"""Ends sessions, each for one reason, which is stored with it.

The methods that run inside a transaction return the ids of the sessions they ended; the caller writes the audit trail
after the commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord, effective_expires_at
from auth_service.documents.session import EndReason, Session
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.active import active_ids


class SessionEnding:
    """Ends sessions and keeps their records for `history`."""

    def __init__(self, *, clock: Clock, audit: Audit, history: timedelta) -> None:
        self._clock = clock
        self._audit = audit
        self._history = history

    def end(self, *, session_id: str, reason: EndReason, user_id: ObjectId | None = None) -> bool:
        """End an active session, of `user_id` when given, and return whether this call ended it."""
        now = self._clock.now()
        condition = {**Session.named(session_id, user_id=user_id), **Session.active(now)}
        ended = Session._get_collection().find_one_and_update(condition, self.end_update(now, reason), {"userId": 1})
        if ended is None:
            return False
        self._audit.record_ended([session_id], user_id=ended["userId"], reason=reason)
        return True

    def end_all(
        self, *, user_id: ObjectId, reason: EndReason, transaction: ClientSession, sparing: str | None = None
    ) -> list[str]:
        """End all active sessions of a user, except the one with the id `sparing`; the ids of those that ended."""
        active = active_ids(user_id, now=self._clock.now(), transaction=transaction)
        session_ids = [session_id for session_id in active if session_id != sparing]
        self.end_each(dict.fromkeys(session_ids, reason), transaction=transaction)
        return session_ids

    def end_each(
        self, reasons: Mapping[str, EndReason], *, transaction: ClientSession, along: Sequence[UpdateOne] = ()
    ) -> None:
        """End the sessions that `reasons` names by id; the writes `along` are sent in the same command."""
        now = self._clock.now()
        updates = [
            UpdateOne({**Session.named(session_id), "endedAt": None}, self.end_update(now, reason))
            for session_id, reason in reasons.items()
        ]
        if updates or along:
            Session._get_collection().bulk_write([*updates, *along], session=transaction)

    def expire(self, session: SessionRecord) -> EndReason:
        """Mark an expired session as ended, at the moment it expired, and return which limit came first."""
        reason = expiry_reason(session)
        marked = Session._get_collection().update_one(
            {"_id": session["_id"], "endedAt": None, "expiresAt": session["expiresAt"]},
            self.end_update(effective_expires_at(session), reason),
        )
        if marked.modified_count:
            self._audit.record_ended([session["sessionId"]], user_id=session["userId"], reason=reason)
        return reason

    def expire_all(self, *, user_id: ObjectId) -> None:
        """Mark all expired sessions of a user as ended."""
        now = self._clock.now()
        expired = {"$or": [{"expiresAt": {"$lte": now}}, {"absoluteExpiresAt": {"$lte": now}}]}
        for session in Session._get_collection().find({"userId": user_id, "endedAt": None, **expired}):
            self.expire(session)

    def end_update(self, moment: datetime, reason: EndReason) -> list[dict[str, Any]]:
        """The update pipeline that ends a session at `moment` and makes its origin coarse."""
        marks = {"endedAt": moment, "reason": reason.value, "purgeAt": moment + self._history}
        coarse = {"ip": {"$ifNull": ["$truncatedIp", "unknown"]}}
        return [{"$set": {**marks, **coarse}}, {"$unset": ["coordinates", "truncatedIp"]}]


def expiry_reason(session: SessionRecord) -> EndReason:
    """Which limit of an expired session came first."""
    return EndReason.ABSOLUTE if session["absoluteExpiresAt"] <= session["expiresAt"] else EndReason.IDLE
