"""Refresh tokens: each works once, and only its SHA-256 is stored. The protocol is written down in docs/sessions.md.

Which of several callers may use a token is decided by a compare-and-set on its record. What a token looks like is not
known here: `Seal` turns claims into its text, always the same.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.database import transaction
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import Session
from auth_service.services import turns
from auth_service.services.audit import Audit, EventType
from auth_service.services.clients import Client
from auth_service.services.clock import Clock
from auth_service.services.replays import Replays
from auth_service.services.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says (RFC 7519): the user `sub`, the session `sid`, its own name `jti`, and its times."""

    sub: str
    sid: str
    jti: str
    issued_at: datetime
    expires_at: datetime


Seal = Callable[[Claims], str]


@dataclass(frozen=True, slots=True)
class Holder:
    """What of a session matters to its tokens: whose it is, and how long it and its traces may last."""

    user_id: ObjectId
    session_id: str
    absolute_expires_at: datetime
    purge_at: datetime

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Holder":
        """The same of a record that was read through the pymongo collection."""
        return cls(record["userId"], record["sessionId"], record["absoluteExpiresAt"], record["purgeAt"])


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login or a refresh hands out: the one refresh token of a session that works next."""

    user_id: ObjectId
    session_id: str
    refresh_token: str
    expires_at: datetime


class _NotUsable(Exception):
    """The token is too old, or the compare-and-set was lost."""


class Rotation:
    """Refresh tokens that live `lifetime`, and never longer than their session can; `key` derives successors."""

    def __init__(
        self, *, clock: Clock, sessions: Sessions, replays: Replays, audit: Audit, lifetime: timedelta, key: bytes
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._replays = replays
        self._audit = audit
        self._lifetime = lifetime
        self._key = key

    def issue(self, *, session: Session | Holder, seal: Seal, transaction: ClientSession) -> Grant:
        """Store and return the first refresh token of `session`, or one that starts its chain anew."""
        claims = self._claims(session, uuid4().hex, self._clock.now())
        token = seal(claims)
        RefreshToken._get_collection().insert_one(_trace(token, claims, session), session=transaction)
        return _grant(token, claims, session)

    def reissue(self, *, session: Session | Holder, seal: Seal, transaction: ClientSession) -> Grant:
        """Use up whatever token `session` has, and store and return another."""
        RefreshToken._get_collection().update_many(
            {"sessionId": session.session_id, "usedAt": None},
            {"$set": {"usedAt": self._clock.now()}},
            session=transaction,
        )
        return self.issue(session=session, seal=seal, transaction=transaction)

    def rotate(self, *, token: str, claims: Claims, client: Client, seal: Seal) -> Grant:
        """Use up `token`, whose genuine `claims` are given, and return its successor: all of it or nothing.

        Raises:
            SessionEnded: its session has ended; the code says why.
            TokenExpired: it is too old.
            RefreshSuperseded: it was used within the race window; the session lives on.
            RefreshReused: it was used before that; the session has been ended.
            InvalidToken: it was never stored, or its session is gone.
        """
        try:
            with turns.turn(claims.sid):
                grant = transaction(lambda running: self._use(token, claims, seal, running))
        except _NotUsable:
            grant = self._repeat(token, claims, client, seal)
        self._audit.record(EventType.REFRESH, user_id=grant.user_id, session_id=grant.session_id)
        return grant

    def _use(self, token: str, claims: Claims, seal: Seal, running: ClientSession) -> Grant:
        record = self._sessions.touch(session_id=claims.sid, user_id=claims.sub, transaction=running)
        now, session = self._clock.now(), Holder.from_record(record)
        successor = self._claims(session, self._successor_of(claims.jti), now)
        text = seal(successor)
        too_old = claims.expires_at <= now
        if too_old or not self._replace(digest(token), _trace(text, successor, session), running):
            raise _NotUsable
        return _grant(text, successor, session)

    def _replace(self, hash: str, successor: dict[str, Any], running: ClientSession) -> bool:
        """Use up the token with this hash and store its successor, in one command; false when it was used before.

        The successor is stored all the same: then `running` must be undone.
        """
        unused = {"hash": hash, "sessionId": successor["sessionId"], "usedAt": None}
        use_up = {"$set": {"usedAt": successor["createdAt"], "successor": successor["hash"]}}
        others = {name: value for name, value in successor.items() if name != "hash"}
        store = UpdateOne({"hash": successor["hash"]}, {"$setOnInsert": others}, upsert=True)
        outcome = RefreshToken._get_collection().bulk_write([UpdateOne(unused, use_up), store], session=running)
        return outcome.modified_count == 1

    def _repeat(self, token: str, claims: Claims, client: Client, seal: Seal) -> Grant:
        """Answer a used token with its unused successor again, where that is allowed; its text is derived anew."""
        used, successor = self._replays.judge(hash=digest(token), sid=claims.sid, sub=claims.sub, client=client)
        again = Claims(claims.sub, claims.sid, self._successor_of(claims.jti), used.used_at, successor.expires_at)
        text = seal(again)
        self._replays.require_same(digest(text), successor)
        record = self._sessions.touch(session_id=claims.sid, user_id=claims.sub)
        return _grant(text, again, Holder.from_record(record))

    def _claims(self, session: Session | Holder, jti: str, now: datetime) -> Claims:
        expires_at = min(now + self._lifetime, session.absolute_expires_at)
        return Claims(str(session.user_id), session.session_id, jti, now, expires_at)

    def _successor_of(self, jti: str) -> str:
        return hmac.digest(self._key, f"successor of {jti}".encode(), "sha256")[:16].hex()


def _trace(token: str, claims: Claims, session: Session | Holder) -> dict[str, Any]:
    """The record of a token that was not used yet."""
    return {
        "hash": digest(token),
        "sessionId": session.session_id,
        "userId": session.user_id,
        "createdAt": claims.issued_at,
        "expiresAt": claims.expires_at,
        "purgeAt": session.purge_at,
    }


def _grant(token: str, claims: Claims, session: Session | Holder) -> Grant:
    return Grant(session.user_id, session.session_id, token, claims.expires_at)


def digest(token: str) -> str:
    """The SHA-256 of a token's text, in hexadecimal: the only form it is stored in."""
    return hashlib.sha256(token.encode()).hexdigest()
