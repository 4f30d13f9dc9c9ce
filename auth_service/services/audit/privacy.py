"""Coarsens personal data that is no longer needed: addresses of old events and of expired sessions, and last places.

It works in batches by id or time, each a small command, so it can run on any amount of data, be stopped, and run again.
Of the audit trail, which grows fastest, each run reads what became old since the last one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, UpdateOne

from auth_service.clock import Clock
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.progress import Progress
from auth_service.documents.records import AuditEventRecord, SessionRecord
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.services.origin.addresses import truncated

BATCH = 500
TRAVEL = timedelta(days=1)  # by then every place on earth can be reached at less than the suspicious speed
EVENTS = "truncated events"  # the name of this work's progress
SETTLED = timedelta(days=1)  # old enough that no event of that time, from a host whose clock is slow, is still written


@dataclass(frozen=True, slots=True)
class Coarsened:
    """The numbers of events whose address was truncated, of sessions marked as ended, and of last places removed."""

    events: int
    sessions: int
    places: int


class Privacy:
    """Keeps whole addresses in the audit trail for `days`; `expire` marks expired sessions as ended: how many."""

    def __init__(self, *, clock: Clock, expire: Callable[[list[SessionRecord]], int], days: int) -> None:
        self._clock = clock
        self._expire = expire
        self._days = days

    def coarsen(self) -> Coarsened:
        """Coarsen everything that is due.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer; the batches before stay done.
        """
        return Coarsened(events=self._truncate_events(), sessions=self._mark_sessions(), places=self._forget_places())

    def _truncate_events(self) -> int:
        events, changed, now = AuditEvent._get_collection(), 0, self._clock.now()
        limit, after = now - timedelta(days=self._days), _done_up_to()
        while batch := _next_events(limit, after):
            writes = [
                UpdateOne({"_id": each["_id"]}, {"$set": {"ip": coarse}})
                for each in batch
                if (coarse := truncated(each["ip"])) != each["ip"]
            ]
            changed += events.bulk_write(writes, ordered=False).modified_count if writes else 0
            after = _position(batch[-1])
            _note([each for each in batch if each["createdAt"] <= now - SETTLED])
        return changed

    def _mark_sessions(self) -> int:
        """Mark the sessions that expired and were not used since; that truncates their addresses."""
        now, marked = self._clock.now(), 0
        for batch in _batches(Session, {"endedAt": 1, "expiresAt": 1, "absoluteExpiresAt": 1}):
            expired = [
                each["_id"]
                for each in batch
                if not each.get("endedAt") and min(each["expiresAt"], each["absoluteExpiresAt"]) <= now
            ]
            condition = {"_id": {"$in": expired}, "endedAt": None}
            marked += self._expire(list(Session._get_collection().find(condition))) if expired else 0
        return marked

    def _forget_places(self) -> int:
        """Remove the last places that are too old to reveal impossible travel."""
        limit, forgotten = self._clock.now() - TRAVEL, 0
        for batch in _batches(User, {"lastPlace.at": 1}):
            old = [each["_id"] for each in batch if each.get("lastPlace") and each["lastPlace"]["at"] < limit]
            if old:
                condition = {"_id": {"$in": old}, "lastPlace.at": {"$lt": limit}}
                outcome = User._get_collection().update_many(condition, {"$unset": {"lastPlace": 1}})
                forgotten += outcome.modified_count
        return forgotten


def _position(event: AuditEventRecord) -> dict[str, Any]:
    """Where `event` stands in the order of the events."""
    return {"createdAt": event["createdAt"], "_id": event["_id"]}


def _done_up_to() -> dict[str, Any] | None:
    """The position of the last event that earlier runs did; `None` before the first."""
    progress = Progress._get_collection().find_one({"_id": EVENTS})
    return progress["after"] if progress else None


def _note(done: list[AuditEventRecord]) -> None:
    """Record that the events up to the last of `done` need not be read again, unless another run came further."""
    if done:
        later = {"$max": {"after": _position(done[-1])}}
        Progress._get_collection().update_one({"_id": EVENTS}, later, upsert=True)


def _next_events(limit: datetime, after: dict[str, Any] | None) -> list[AuditEventRecord]:
    """The next batch of events before `limit` that follow `after`, the oldest first."""
    condition: dict[str, Any] = {"createdAt": {"$lt": limit}}
    if after is not None:
        later = [{"createdAt": {"$gt": after["createdAt"]}}, {"_id": {"$gt": after["_id"]}}]
        condition = {"createdAt": {"$lt": limit, "$gte": after["createdAt"]}, "$or": later}
    found = AuditEvent._get_collection().find(condition, {"createdAt": 1, "ip": 1})
    return list(found.sort([("createdAt", ASCENDING), ("_id", ASCENDING)]).limit(BATCH))


def _batches(document: Any, fields: dict[str, int]) -> Iterator[list[Any]]:
    """All records of a collection in the order of their ids, reduced to `fields`."""
    last = ObjectId("0" * 24)
    while batch := list(document._get_collection().find({"_id": {"$gt": last}}, fields).sort("_id", 1).limit(BATCH)):
        yield batch
        last = batch[-1]["_id"]
