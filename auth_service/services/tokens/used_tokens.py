"""Refresh tokens that were used: kept by their hashes as long as their session's traces are, so that a replay is known.

The latest are noted in the session's own document, by the update that uses them up. When there are many, they are put
away: moved to documents of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.database.plain_commands import Record
from auth_service.database.transactions import transaction
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import Session
from auth_service.services.tokens.claims import PresentedToken

ROOM = 16  # in a session's document, about 100 bytes each
HAS_ROOM: dict[str, Any] = {f"usedTokens.{ROOM - 1}": {"$exists": False}}  # for a query


def noted(hash: str, used_at: datetime) -> dict[str, Any]:
    """What a `$push` adds to a session for a token that is used up."""
    return {"usedTokens": {"hash": hash, "usedAt": used_at}}


def kept_in(record: Record) -> dict[str, datetime]:
    """The used tokens that a session's record notes: hashes and times of use, the last one last."""
    return {used["hash"]: used["usedAt"] for used in record.get("usedTokens", ())}


def used_at(hash: str, record: Record) -> datetime | None:
    """When the token with this hash was used in the session of `record`; `None` if it never was."""
    kept = kept_in(record)
    if hash in kept:
        return kept[hash]
    found = RefreshToken._get_collection().find_one({"hash": hash, "sessionId": record["sessionId"]}, {"usedAt": 1})
    return found.get("usedAt") if found else None


def session_of(presented: PresentedToken, **owner: ObjectId) -> Record | None:
    """The session that a token was given to, used or not; with `userId`, only one of that user."""
    sessions, token_hash = Session._get_collection(), presented.token_hash
    own = {"$or": [{"refreshHash": token_hash}, {"usedTokens.hash": token_hash}]}
    found: Record | None = None
    if presented.session_id:
        found = sessions.find_one({"sessionId": presented.session_id, **owner, **own})
    if found is None and (put := RefreshToken._get_collection().find_one({"hash": token_hash, **owner})):
        found = sessions.find_one({"sessionId": put["sessionId"], **owner})
    return found


def put_away(record: Record) -> None:
    """Move what the session of `record` notes into documents of its own, if there is no room left: all or nothing.

    The last one stays, for it may be repeated.
    """
    if len(kept_in(record)) >= ROOM:
        transaction(lambda running: _move(record, running))


def _move(record: Record, running: ClientSession) -> None:
    kept = dict(list(kept_in(record).items())[:-1])
    emptied = Session._get_collection().update_one(
        {"sessionId": record["sessionId"], "userId": record["userId"]},
        {"$pull": {"usedTokens": {"hash": {"$in": list(kept)}}}},
        session=running,
    )
    if emptied.modified_count:
        RefreshToken._get_collection().bulk_write(_documents(record, kept), session=running)


def _documents(record: Record, kept: dict[str, datetime]) -> Sequence[UpdateOne]:
    whose = {name: record[name] for name in ("sessionId", "userId", "purgeAt")}
    return [
        UpdateOne({"hash": hash}, {"$set": {**whose, "usedAt": moment}}, upsert=True) for hash, moment in kept.items()
    ]
