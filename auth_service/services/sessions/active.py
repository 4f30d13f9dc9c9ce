"""Finds the active sessions of a user, as a transaction sees them."""

from datetime import datetime

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session


def active_ids(user_id: ObjectId, *, now: datetime, transaction: ClientSession, only: str | None = None) -> list[str]:
    """The ids of a user's active sessions, most recently seen first; with `only`, at most the session of that id."""
    condition = {"userId": user_id, **Session.active(now), **(Session.named(only) if only else {})}
    found = Session._get_collection().find(condition, {"sessionId": 1}, session=transaction)
    records: list[SessionRecord] = list(found.sort("lastSeenAt", DESCENDING))
    return [record["sessionId"] for record in records]
