"""Refresh tokens: each works once, and only its SHA-256 is stored. The protocol is written down in docs/sessions.md.

A session's document holds the hash of the one token that works next. A refresh replaces it by its successor's, in one
conditional update that also verifies the session, touches it and records the token as used: of several callers with one
token, one succeeds. The codec encodes equal claims as equal tokens, so a successor can be derived again.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.plain_commands import Record
from auth_service.documents.session import Session
from auth_service.errors import DatabaseUnavailable
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.origin.client import Client
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.tokens import used_tokens
from auth_service.services.tokens.claims import Claims, digest
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.replays import Replays

ATTEMPTS = 3  # after the first, each with a look at the session before
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens that a login or a refresh issues for a session; `expires_at` is the refresh token's."""

    user_id: ObjectId
    session_id: str
    access_token: str
    refresh_token: str
    expires_at: datetime


class Rotation:
    """Issues and rotates refresh tokens of this `lifetime`, bounded by their session's; `key` derives successors."""

    def __init__(
        self,
        *,
        clock: Clock,
        codec: TokenCodec,
        access: SessionAccess,
        replays: Replays,
        audit: Audit,
        lifetime: timedelta,
        key: bytes,
    ) -> None:
        self._clock = clock
        self._codec = codec
        self._access = access
        self._replays = replays
        self._audit = audit
        self._lifetime = lifetime
        self._key = key

    def issue(self, *, session: Session) -> Grant:
        """Give `session`, which is not stored yet, its first refresh token."""
        claims = self._first(session.user_id, session.session_id, session.absolute_expires_at)
        token = self._codec.encode_refresh(claims)
        session.refresh_hash, session.refresh_expires_at = digest(token), claims.expires_at
        return self._grant(token, claims)

    def reissue(self, *, record: Record, transaction: ClientSession) -> Grant:
        """Use up whatever token the session of this record has, and begin its chain anew."""
        claims = self._first(record["userId"], record["sessionId"], record["absoluteExpiresAt"])
        token = self._codec.encode_refresh(claims)
        used = {"$push": used_tokens.noted(record["refreshHash"], claims.issued_at)} if "refreshHash" in record else {}
        Session._get_collection().update_one(
            {"sessionId": claims.sid}, {"$set": _works_next(token, claims), **used}, session=transaction
        )
        return self._grant(token, claims)

    def rotate(self, *, token: str, claims: Claims, client: Client) -> Grant:
        """Use up `token`, whose genuine `claims` are given, and return its successor: all of it or nothing.

        Raises:
            SessionEnded: its session has ended; the code says why.
            TokenExpired: it is too old.
            RefreshSuperseded: it was used within the race window; the session lives on.
            RefreshReused: it was used before that; the session has been ended.
            InvalidToken: it was never given out, or its session is gone.
            DatabaseUnavailable: the session kept changing.
        """
        hash = digest(token)
        grant = self._use(hash, claims, self._assumed_end(claims)) or self._look(hash, claims, client)
        self._audit.record(EventType.REFRESH, user_id=grant.user_id, session_id=grant.session_id)
        return grant

    def _use(self, hash: str, claims: Claims, end: datetime | None) -> Grant | None:
        """Use up the token, if it works in a session that ends at `end`, or later than any token made now.

        One command, which pymongo repeats, where it must, as the same write.
        """
        now = self._clock.now()
        if claims.expires_at <= now:
            return None
        successor = self._claims(claims.sub, claims.sid, self._successor_of(claims.jti), now, end)
        text = self._codec.encode_refresh(successor)
        reach = {"$gte": end, "$lt": end + SECOND} if end else {"$gte": successor.expires_at}
        condition = {
            "sessionId": claims.sid,
            "userId": ObjectId(claims.sub),
            **Session.active(now),
            "absoluteExpiresAt": {"$gt": now, **reach},
            "refreshHash": hash,
            **used_tokens.HAS_ROOM,
        }
        change = {
            "$set": {**self._access.touch_fields(now), **_works_next(text, successor)},
            "$push": used_tokens.noted(hash, now),
        }
        outcome = Session._get_collection().update_one(condition, change)
        return self._grant(text, successor) if outcome.modified_count else None

    def _look(self, hash: str, claims: Claims, client: Client) -> Grant:
        """Why the token could not be used, and use it if it can be all the same."""
        for _ in range(ATTEMPTS):
            record = self._replays.classify(hash=hash, claims=claims, client=client)
            if record["refreshHash"] != hash:
                return self._repeat(hash, claims, record)
            used_tokens.put_away(record)
            if grant := self._use(hash, claims, record["absoluteExpiresAt"]):
                return grant
        raise DatabaseUnavailable

    def _repeat(self, hash: str, claims: Claims, record: Record) -> Grant:
        """Answer a used token with its unused successor again; its text is derived anew."""
        used_at = used_tokens.kept_in(record)[hash]
        jti = self._successor_of(claims.jti)
        again = Claims(claims.sub, claims.sid, jti, used_at, record["refreshExpiresAt"])
        text = self._codec.encode_refresh(again)
        if digest(text) != record["refreshHash"]:  # another chain, or another secret
            self._replays.refuse_late(record)
        self._access.touch(session_id=claims.sid, user_id=claims.sub)
        return self._grant(text, again)

    def _assumed_end(self, claims: Claims) -> datetime | None:
        """When the session ends, going by a token that was cut to that; `None` when it was not.

        It spares a look at the session, and is nothing but a guess: the update holds it against the session.
        """
        is_cut = claims.expires_at - claims.issued_at < self._lifetime - SECOND
        return claims.expires_at if is_cut else None

    def _first(self, user_id: ObjectId, session_id: str, end: datetime) -> Claims:
        return self._claims(str(user_id), session_id, uuid4().hex, self._clock.now(), end)

    def _claims(self, sub: str, sid: str, jti: str, now: datetime, end: datetime | None) -> Claims:
        expires_at = now + self._lifetime
        return Claims(sub, sid, jti, now, min(expires_at, end) if end else expires_at)

    def _grant(self, refresh_token: str, claims: Claims) -> Grant:
        access_token = self._codec.encode_access(sub=claims.sub, sid=claims.sid)
        return Grant(ObjectId(claims.sub), claims.sid, access_token, refresh_token, claims.expires_at)

    def _successor_of(self, jti: str) -> str:
        return hmac.digest(self._key, f"successor of {jti}".encode(), "sha256")[:16].hex()


def _works_next(token: str, claims: Claims) -> dict[str, Any]:
    return {"refreshHash": digest(token), "refreshExpiresAt": claims.expires_at}
