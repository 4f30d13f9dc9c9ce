"""Keeps the digests of used refresh tokens as long as their session's record, so that a replay is recognised.

The update that uses a token up appends its digest to the session's own document. When that list is full, all but the
last are moved to documents of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.database.transactions import transaction
from auth_service.documents.records import RefreshTokenRecord, SessionRecord, UsedToken
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import Session
from auth_service.services.tokens.claims import PresentedToken

ROOM = 16  # used tokens in a session's document, about 100 bytes each
HAS_ROOM: dict[str, Any] = {f"usedTokens.{ROOM - 1}": {"$exists": False}}  # a condition of queries


def append(token_hash: str, used_at: datetime) -> dict[str, Any]:
    """The operand of a `$push` that records in a session that a token was used."""
    return {"usedTokens": UsedToken(hash=token_hash, usedAt=used_at)}


def in_session(session: SessionRecord) -> dict[str, datetime]:
    """The used tokens in a session's own record: digests and times of use, oldest first."""
    return {used["hash"]: used["usedAt"] for used in session.get("usedTokens", [])}


def used_at(token_hash: str, session: SessionRecord) -> datetime | None:
    """When the token with this digest was used in `session`; `None` if it never was."""
    recent = in_session(session)
    if token_hash in recent:
        return recent[token_hash]
    condition = {"hash": token_hash, **Session.named(session["sessionId"])}
    moved: RefreshTokenRecord | None = RefreshToken._get_collection().find_one(condition, {"usedAt": 1})
    return moved.get("usedAt") if moved else None


def session_of(presented: PresentedToken, *, user_id: ObjectId | None = None) -> SessionRecord | None:
    """The session that a token was issued for, used or not; with `user_id`, only if it is that user's."""
    sessions, token_hash = Session._get_collection(), presented.token_hash
    owner = {} if user_id is None else {"userId": user_id}
    session: SessionRecord | None = None
    if presented.session_id:
        issued = {"$or": [{"refreshHash": token_hash}, {"usedTokens.hash": token_hash}]}
        session = sessions.find_one({**Session.named(presented.session_id), **owner, **issued})
    if session is None and (moved := RefreshToken._get_collection().find_one({"hash": token_hash, **owner})):
        session = sessions.find_one({**Session.named(moved["sessionId"]), **owner})
    return session


def put_away(session: SessionRecord) -> None:
    """Move the used tokens of `session` to documents of their own if its list is full, in one transaction.

    The last one stays, because its refresh may be repeated.
    """
    if len(in_session(session)) >= ROOM:
        transaction(lambda running: _move(session, running))


def _move(session: SessionRecord, running: ClientSession) -> None:
    moved = dict(list(in_session(session).items())[:-1])
    pulled = Session._get_collection().update_one(
        Session.named(session["sessionId"], user_id=session["userId"]),
        {"$pull": {"usedTokens": {"hash": {"$in": list(moved)}}}},
        session=running,
    )
    if pulled.modified_count:
        RefreshToken._get_collection().bulk_write(_upserts(session, moved), session=running)


def _upserts(session: SessionRecord, moved: dict[str, datetime]) -> Sequence[UpdateOne]:
    shared = {**Session.named(session["sessionId"], user_id=session["userId"]), "purgeAt": session["purgeAt"]}
    return [
        UpdateOne({"hash": token_hash}, {"$set": {**shared, "usedAt": moment}}, upsert=True)
        for token_hash, moment in moved.items()
    ]
