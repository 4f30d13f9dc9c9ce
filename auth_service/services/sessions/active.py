"""Reads the active sessions of a user in commands whose work has a bound, however many sessions the account has.

Such a command looks at sessions that are not marked as ended, in the order of the index. Expired ones that nobody has
marked yet are among them: a query that skipped those would look at any number of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import KEY, Session

BATCH = 250  # sessions that one command reads or writes: far within its time limit, also on a busy server
RECENT = 25_000  # last opened sessions, among which those in use are looked for
IN_USE = 10_000  # sessions that are taken in the order of their use
PATIENCE = 1.0  # seconds for finding those in use: a batch takes less, so a busy server must not fail for this
NEEDED = {"sessionId": 1, "userId": 1, "lastSeenAt": 1, "expiresAt": 1, "absoluteExpiresAt": 1}

# `endedAt`, the same in all of them, is named so that no other index than the user's has the order.
NEWEST_FIRST = (("endedAt", DESCENDING), ("_id", DESCENDING))
KEYS_NEWEST_FIRST = (("kind", ASCENDING), *NEWEST_FIRST)  # the order of the index of keys alone
OLDEST_FIRST = (("endedAt", ASCENDING), ("_id", ASCENDING))


def is_active(session: SessionRecord, now: datetime) -> bool:
    """Whether a session is active at the moment `now`: what `Session.active` asks the database."""
    return not session.get("endedAt") and session["expiresAt"] > now and session["absoluteExpiresAt"] > now


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sessions of a user: of logins (`keys` is false), API keys (true) or both; and not the one `sparing`."""

    sparing: str | None = None
    keys: bool | None = None

    def condition(self, user_id: ObjectId) -> dict[str, Any]:
        """The query for those of a user that are not marked as ended, also the spared one."""
        kind = {} if self.keys is None else {"kind": KEY if self.keys else None}
        return {"userId": user_id, "endedAt": None, **kind}

    def admitted(self, session_ids: Iterable[str]) -> list[str]:
        """These ids without the spared one; a query that excludes it could use another index than the user's."""
        return [each for each in session_ids if each != self.sparing]


ALL = Scope()
LOGINS, KEYS = Scope(keys=False), Scope(keys=True)


def unended(
    user_id: ObjectId,
    *,
    limit: int,
    before: ObjectId | None = None,
    scope: Scope = ALL,
    fields: Mapping[str, int] | None = NEEDED,
    transaction: ClientSession | None = None,
) -> list[SessionRecord]:
    """The sessions of a user that are not marked as ended, active or expired, the last opened first; at most `limit`.

    Optionally only those opened before the one with the `_id` `before`.
    """
    condition = scope.condition(user_id)
    if before is not None:
        condition["_id"] = {"$lt": before}
    found = Session._get_collection().find(condition, fields, session=transaction)
    return list(found.sort(KEYS_NEWEST_FIRST if scope.keys else NEWEST_FIRST).limit(limit))


def opened_meanwhile(user_id: ObjectId, *, now: datetime, transaction: ClientSession, scope: Scope = ALL) -> list[str]:
    """The ids of the active sessions that were opened since all others ended, for a transaction that ends them too."""
    opened = unended(user_id, limit=BATCH, scope=scope, transaction=transaction)
    return scope.admitted(each["sessionId"] for each in opened if is_active(each, now))


def active_batches(user_id: ObjectId, *, now: datetime, scope: Scope = ALL) -> Iterator[Sequence[str]]:
    """The ids of a user's active sessions in batches, those last seen first.

    The caller ends each batch before it takes the next one. What is in use is therefore out after the first batches:
    a session that is touched meanwhile stays in its batch. Beyond `IN_USE` sessions, and the `RECENT` last opened ones,
    and where these cannot be found within `PATIENCE`, the order is that of opening.
    """
    in_use = scope.admitted(_last_seen(user_id, now, scope))
    yield from (in_use[start : start + BATCH] for start in range(0, len(in_use), BATCH))
    last, has_more = ObjectId("0" * 24), True
    while has_more:
        read = _opened_after(user_id, last, scope)
        if batch := scope.admitted(each["sessionId"] for each in read if is_active(each, now)):
            yield batch
        has_more = len(read) == BATCH
        last = read[-1]["_id"] if read else last


def _last_seen(user_id: ObjectId, now: datetime, scope: Scope) -> list[str]:
    """The ids of active sessions, the last seen first; none where that takes too long."""
    stages = [
        {"$match": scope.condition(user_id)},
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


def _opened_after(user_id: ObjectId, last: ObjectId, scope: Scope) -> list[SessionRecord]:
    condition = {**scope.condition(user_id), "_id": {"$gt": last}}
    return list(Session._get_collection().find(condition, NEEDED).sort(OLDEST_FIRST).limit(BATCH))
