"""Ends sessions, each for one reason that stays with it.

Inside a transaction the methods return which sessions they ended; the audit trail is told after the commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.session import EndReason, Session
from auth_service.services.audit.trail import Audit

Record = dict[str, Any]


class SessionEnding:
    """Ends sessions and keeps their trace for `history`."""

    def __init__(self, *, clock: Clock, audit: Audit, history: timedelta) -> None:
        self._clock = clock
        self._audit = audit
        self._history = history

    def end(self, *, session_id: str, reason: EndReason, user_id: ObjectId | None = None) -> bool:
        """End a living session, of `user_id` when given, and say whether this call did it."""
        now = self._clock.now()
        owner = {"userId": user_id} if user_id else {}
        record = Session._get_collection().find_one_and_update(
            {"sessionId": session_id, **owner, **Session.active(now)}, self.marks(now, reason), {"userId": 1}
        )
        if record is None:
            return False
        self._audit.record_ended([session_id], user_id=record["userId"], reason=reason)
        return True

    def end_all(
        self, *, user_id: ObjectId, reason: EndReason, transaction: ClientSession, sparing: str | None = None
    ) -> list[str]:
        """End all living sessions of a user, but not the one with the id `sparing`; their ids."""
        now = self._clock.now()
        found = Session._get_collection().find(
            {"userId": user_id, **Session.active(now)}, {"sessionId": 1}, session=transaction
        )
        session_ids = [record["sessionId"] for record in found if record["sessionId"] != sparing]
        self.end_these(dict.fromkeys(session_ids, reason), transaction=transaction)
        return session_ids

    def end_these(
        self, reasons: Mapping[str, EndReason], *, transaction: ClientSession, along: Sequence[UpdateOne] = ()
    ) -> None:
        """End the living sessions that `reasons` names by id; the writes `along` go in the same command."""
        now = self._clock.now()
        endings = [
            UpdateOne({"sessionId": session_id, "endedAt": None}, self.marks(now, reason))
            for session_id, reason in reasons.items()
        ]
        if endings or along:
            Session._get_collection().bulk_write([*endings, *along], session=transaction)

    def expire(self, session: Session) -> EndReason:
        """Mark a session that ran out, at the moment it did, and return which limit came first."""
        reason = expiry_reason(session)
        marked = Session._get_collection().update_one(
            {"_id": session.id, "endedAt": None, "expiresAt": session.expires_at},
            self.marks(session.effective_expires_at, reason),
        )
        if marked.modified_count:
            self._audit.record_ended([session.session_id], user_id=session.user_id, reason=reason)
        return reason

    def expire_all(self, *, user_id: ObjectId) -> None:
        """Mark all sessions of a user that ran out."""
        now = self._clock.now()
        ran_out = {"$or": [{"expiresAt": {"$lte": now}}, {"absoluteExpiresAt": {"$lte": now}}]}
        for session in Session.objects(__raw__={"userId": user_id, "endedAt": None, **ran_out}):
            self.expire(session)

    def marks(self, moment: datetime, reason: EndReason) -> list[Record]:
        """The update that ends a session at `moment`; what is kept of where it was is coarse."""
        marks = {"endedAt": moment, "reason": reason.value, "purgeAt": moment + self._history}
        coarse = {"ip": {"$ifNull": ["$truncatedIp", "unknown"]}}
        return [{"$set": {**marks, **coarse}}, {"$unset": ["coordinates", "truncatedIp"]}]


def expiry_reason(session: Session) -> EndReason:
    """Which limit of an expired session came first."""
    return EndReason.ABSOLUTE if session.absolute_expires_at <= session.expires_at else EndReason.IDLE
