"""Makes coarse what need not be exact any longer: addresses of old events, of sessions that ran out, and last places.

In batches by id or time, each a small command, so that it can be run on any amount of data, be stopped, and be run
again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne

from auth_service.clock import Clock
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.services.origin.addresses import truncated

BATCH = 500
TRAVEL = timedelta(days=1)  # after which every place on earth can be reached at the speed that is suspicious

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coarsened:
    """How many events have a truncated address now, how many sessions were marked, how many places forgotten."""

    events: int
    sessions: int
    places: int


class Privacy:
    """Keeps addresses in the audit trail whole for `days`; `expire` marks a session that ran out."""

    def __init__(self, *, clock: Clock, expire: Callable[[Session], object], days: int) -> None:
        self._clock = clock
        self._expire = expire
        self._days = days

    def coarsen(self) -> Coarsened:
        """Do all that is due.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer; what was done before stays done.
        """
        return Coarsened(events=self._truncate_events(), sessions=self._mark_sessions(), places=self._forget_places())

    def _truncate_events(self) -> int:
        events = AuditEvent._get_collection()
        limit = self._clock.now() - timedelta(days=self._days)
        changed = 0
        after: Record = {}
        while batch := list(_next_events(limit, after)):
            writes = [
                UpdateOne({"_id": each["_id"]}, {"$set": {"ip": coarse}})
                for each in batch
                if (coarse := truncated(each["ip"])) != each["ip"]
            ]
            changed += events.bulk_write(writes, ordered=False).modified_count if writes else 0
            after = batch[-1]
        return changed

    def _mark_sessions(self) -> int:
        """End what ran out and nobody has asked for since: ending is what truncates a session's address."""
        now, marked = self._clock.now(), 0
        for batch in _batches(Session, {"endedAt": 1, "expiresAt": 1, "absoluteExpiresAt": 1}):
            ran_out = [
                each["_id"]
                for each in batch
                if not each.get("endedAt") and min(each["expiresAt"], each["absoluteExpiresAt"]) <= now
            ]
            for session in Session.objects(id__in=ran_out, ended_at=None) if ran_out else ():
                self._expire(session)
                marked += 1
        return marked

    def _forget_places(self) -> int:
        """Forget where accounts were last seen, once nothing can be concluded from it."""
        limit, forgotten = self._clock.now() - TRAVEL, 0
        for batch in _batches(User, {"lastPlace.at": 1}):
            old = [each["_id"] for each in batch if each.get("lastPlace") and each["lastPlace"]["at"] < limit]
            if old:
                condition = {"_id": {"$in": old}, "lastPlace.at": {"$lt": limit}}
                outcome = User._get_collection().update_many(condition, {"$unset": {"lastPlace": 1}})
                forgotten += outcome.modified_count
        return forgotten


def _next_events(limit: Any, after: Record) -> Iterator[Record]:
    """The events before `limit` that come next behind `after`, the oldest first."""
    condition: Record = {"createdAt": {"$lt": limit}}
    if after:
        later = [{"createdAt": {"$gt": after["createdAt"]}}, {"_id": {"$gt": after["_id"]}}]
        condition = {"createdAt": {"$lt": limit, "$gte": after["createdAt"]}, "$or": later}
    found = AuditEvent._get_collection().find(condition, {"createdAt": 1, "ip": 1})
    return iter(found.sort([("createdAt", ASCENDING), ("_id", ASCENDING)]).limit(BATCH))


def _batches(document: Any, fields: Record) -> Iterator[list[Record]]:
    """All records of a collection in the order of their ids, `fields` of them alone."""
    last = ObjectId("0" * 24)
    while batch := list(document._get_collection().find({"_id": {"$gt": last}}, fields).sort("_id", 1).limit(BATCH)):
        yield batch
        last = batch[-1]["_id"]
