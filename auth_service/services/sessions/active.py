"""Reads the active sessions of a user in commands whose work has a bound, however many sessions the account has.

Such a command looks at sessions that are not marked as ended, in the order of the index. Expired ones that nobody has
marked yet are among them: a query that skipped those would look at any number of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import pymongo
from bson import ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session

BATCH = 250  # sessions that one command reads or writes: far within its time limit, also on a busy server
RECENT = 25_000  # last opened sessions, among which those in use are looked for
IN_USE = 10_000  # sessions that are taken in the order of their use
PATIENCE = 1.0  # seconds for finding those in use: a batch takes less, so a busy server must not fail for this
NEEDED = {"sessionId": 1, "userId": 1, "lastSeenAt": 1, "expiresAt": 1, "absoluteExpiresAt": 1}

# `endedAt`, the same in all of them, is named so that no other index than the user's has the order.
NEWEST_FIRST = (("endedAt", DESCENDING), ("_id", DESCENDING))
OLDEST_FIRST = (("endedAt", ASCENDING), ("_id", ASCENDING))


def is_active(session: SessionRecord, now: datetime) -> bool:
    """Whether a session is active at the moment `now`: what `Session.active` asks the database."""
    return not session.get("endedAt") and session["expiresAt"] > now and session["absoluteExpiresAt"] > now


def unended(
    user_id: ObjectId,
    *,
    limit: int,
    before: ObjectId | None = None,
    fields: Mapping[str, int] | None = NEEDED,
    transaction: ClientSession | None = None,
) -> list[SessionRecord]:
    """The sessions of a user that are not marked as ended, active or expired, the last opened first; at most `limit`.

    Optionally only those opened before the one with the `_id` `before`.
    """
    condition = {"userId": user_id, "endedAt": None, **({} if before is None else {"_id": {"$lt": before}})}
    found = Session._get_collection().find(condition, fields, session=transaction)
    return list(found.sort(NEWEST_FIRST).limit(limit))


def active_batches(user_id: ObjectId, *, now: datetime, sparing: str | None = None) -> Iterator[Sequence[str]]:
    """The ids of a user's active sessions in batches, those last seen first; not the id `sparing`.

    The caller ends each batch before it takes the next one. What is in use is therefore out after the first batches:
    a session that is touched meanwhile stays in its batch. Beyond `IN_USE` sessions, and the `RECENT` last opened ones,
    and where these cannot be found within `PATIENCE`, the order is that of opening.
    """
    in_use = [each for each in _last_seen(user_id, now) if each != sparing]
    yield from (in_use[start : start + BATCH] for start in range(0, len(in_use), BATCH))
    last, has_more = ObjectId("0" * 24), True
    while has_more:
        read = _opened_after(user_id, last)
        active = [each["sessionId"] for each in read if is_active(each, now)]
        if batch := [each for each in active if each != sparing]:
            yield batch
        has_more = len(read) == BATCH
        last = read[-1]["_id"] if read else last


def _last_seen(user_id: ObjectId, now: datetime) -> list[str]:
    """The ids of active sessions, the last seen first; none where that takes too long."""
    stages = [
        {"$match": {"userId": user_id, "endedAt": None}},
        {"$sort": dict(NEWEST_FIRST)},
        {"$limit": RECENT},
        {"$match": Session.active(now)},
        {"$sort": {"lastSeenAt": DESCENDING}},
        {"$limit": IN_USE},
        {"$project": {"sessionId": 1}},
    ]
    try:
        with pymongo.timeout(PATIENCE):
            return [each["sessionId"] for each in Session._get_collection().aggregate(stages)]
    except PyMongoError as error:
        if not error.timeout:
            raise
        return []


def _opened_after(user_id: ObjectId, last: ObjectId) -> list[SessionRecord]:
    condition = {"userId": user_id, "endedAt": None, "_id": {"$gt": last}}
    return list(Session._get_collection().find(condition, NEEDED).sort(OLDEST_FIRST).limit(BATCH))
