"""Ends sessions, each for one reason, which is stored with it.

All sessions of a user end in batches outside of any transaction, those in use first: requests that keep touching them
cannot make a batch fail, and no command takes longer for an account with more of them. A batch that is through stays
so, and the next call goes on where one failed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord, effective_expires_at
from auth_service.documents.session import EndReason, Session
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.active import (
    ALL,
    BATCH,
    OLDEST_FIRST,
    Scope,
    active_batches,
    opened_meanwhile,
)

EXPIRY = (EndReason.IDLE, EndReason.ABSOLUTE)


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
        self, *, user_id: ObjectId, reason: EndReason, scope: Scope = ALL, actor_id: ObjectId | None = None
    ) -> int:
        """End all active sessions of a user within `scope`; the number of those that ended.

        `actor_id` is the admin who requests it, if it is not the user.

        Raises:
            pymongo.errors.PyMongoError: the database did not answer; the batches before stay ended.
        """
        sessions, ended = Session._get_collection(), 0
        for batch in active_batches(user_id, now=self._clock.now(), scope=scope):
            ended += self.end_batch({user_id: batch}, reason=reason, actor_id=actor_id, sessions=sessions)
        return ended

    def end_batch(
        self,
        batch: Mapping[ObjectId, Sequence[str]],
        *,
        reason: EndReason,
        sessions: Collection[Any],
        actor_id: ObjectId | None = None,
    ) -> int:
        """End those sessions of `batch`, ids by user, that nobody has ended, in one command; the number that ended.

        `sessions` is the collection, of a connection that may wait for as long as the caller does.
        """
        moment, ids = self._clock.now(), [session_id for of_user in batch.values() for session_id in of_user]
        named = {"sessionId": {"$in": ids}}
        ended: int = sessions.update_many({**named, "endedAt": None}, self.end_update(moment, reason)).modified_count
        if ended < len(ids):  # others were ended by somebody else since they were read
            ours = {**named, "endedAt": moment, "reason": reason.value}
            batch = ids_by_user(sessions.find(ours, {"sessionId": 1, "userId": 1}))
        for user_id, session_ids in batch.items():
            self._audit.record_ended(session_ids, user_id=user_id, reason=reason, actor_id=actor_id)
        return ended

    def end_rest(
        self, *, user_id: ObjectId, reason: EndReason, transaction: ClientSession, scope: Scope = ALL
    ) -> list[str]:
        """End, inside `transaction`, the sessions that were opened since `end_all`; their ids, for the audit trail."""
        rest = opened_meanwhile(user_id, now=self._clock.now(), transaction=transaction, scope=scope)
        self.end_each(dict.fromkeys(rest, reason), transaction=transaction)
        return rest

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

    def expire_some(self, *, user_id: ObjectId) -> None:
        """Mark those of a user's `BATCH` first opened sessions as ended that have expired; the next call goes on."""
        now = self._clock.now()
        stages = [
            {"$match": {"userId": user_id, "endedAt": None}},
            {"$sort": dict(OLDEST_FIRST)},
            {"$limit": BATCH},
            {"$match": {"$or": [{"expiresAt": {"$lte": now}}, {"absoluteExpiresAt": {"$lte": now}}]}},
        ]
        self.expire_each(list(Session._get_collection().aggregate(stages)))

    def expire_each(self, expired: Sequence[SessionRecord]) -> int:
        """Mark expired sessions as ended, each at the moment it expired, in one command; the number marked."""
        if not expired:
            return 0
        count: int = Session._get_collection().bulk_write(self.expiries(expired), ordered=False).modified_count
        marked = self._marked(expired) if count < len(expired) else expired
        for reason in EXPIRY:
            of_reason = [each for each in marked if expiry_reason(each) is reason]
            for user_id, session_ids in ids_by_user(of_reason).items():
                self._audit.record_ended(session_ids, user_id=user_id, reason=reason)
        return count

    def expiries(self, expired: Iterable[SessionRecord]) -> list[UpdateOne]:
        """The writes that mark expired sessions as ended, unless they were used since they were read."""
        return [
            UpdateOne(
                {"_id": each["_id"], "endedAt": None, "expiresAt": each["expiresAt"]},
                self.end_update(effective_expires_at(each), expiry_reason(each)),
            )
            for each in expired
        ]

    def _marked(self, expired: Sequence[SessionRecord]) -> list[SessionRecord]:
        """Those of `expired` that did not become active again since they were read."""
        condition = {"_id": {"$in": [each["_id"] for each in expired]}, "reason": {"$in": list(EXPIRY)}}
        return list(Session._get_collection().find(condition))

    def end_update(self, moment: datetime, reason: EndReason) -> list[dict[str, Any]]:
        """The update pipeline that ends a session at `moment` and makes its origin coarse."""
        marks = {"endedAt": moment, "reason": reason.value, "purgeAt": moment + self._history}
        coarse = {"ip": {"$ifNull": ["$truncatedIp", "unknown"]}}
        return [{"$set": {**marks, **coarse}}, {"$unset": ["coordinates", "truncatedIp"]}]


def expiry_reason(session: SessionRecord) -> EndReason:
    """Which limit of an expired session came first."""
    return EndReason.ABSOLUTE if session["absoluteExpiresAt"] <= session["expiresAt"] else EndReason.IDLE


def ids_by_user(sessions: Iterable[SessionRecord]) -> Mapping[ObjectId, list[str]]:
    """The ids of sessions, by their users: the audit trail records those of one user together."""
    grouped = defaultdict(list)
    for each in sessions:
        grouped[each["userId"]].append(each["sessionId"])
    return grouped
