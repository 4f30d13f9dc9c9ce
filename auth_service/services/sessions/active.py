"""Finds the active sessions of a user, at most so many."""

from datetime import datetime

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.client_session import ClientSession

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session


def active_ids(
    user_id: ObjectId,
    *,
    now: datetime,
    transaction: ClientSession | None = None,
    only: str | None = None,
    sparing: str | None = None,
    limit: int = 0,
) -> list[str]:
    """The ids of a user's active sessions, most recently seen first; with a `limit`, the first opened ones.

    With `only`, at most the session of that id; without the one of the id `sparing`.
    """
    named = {"sessionId": {**({"$eq": only} if only else {}), **({"$ne": sparing} if sparing else {})}}
    condition = {"userId": user_id, **Session.active(now), **(named if named["sessionId"] else {})}
    found = Session._get_collection().find(condition, {"sessionId": 1, "lastSeenAt": 1}, session=transaction)
    records: list[SessionRecord] = list(found.sort("_id", ASCENDING).limit(limit) if limit else found)
    return [each["sessionId"] for each in sorted(records, key=lambda each: each["lastSeenAt"], reverse=True)]
