"""Issues and rotates refresh tokens: each works once, and only its SHA-256 is stored (the protocol: docs/sessions.md).

A session's document holds the digest of its only valid token and that token's place in the chain. A refresh replaces
both by the successor's, in one conditional update that also verifies the session and touches it: of several callers
with one token, one succeeds. Equal claims are equal tokens, so a successor can be derived again.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session
from auth_service.errors import DatabaseUnavailable
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.origin.client import Client
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.tokens import chain
from auth_service.services.tokens.claims import Authentication, Claims, digest
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.replays import Replays

ATTEMPTS = 3  # after the first, each preceded by a read of the session
SECOND = timedelta(seconds=1)
GRANTED = {"createdAt": 1, "authenticatedAt": 1, "amr": 1}  # of the session, for the access token


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens that a login or a refresh issues for a session; `expires_at` is the refresh token's."""

    user_id: ObjectId
    session_id: str
    access_token: str
    refresh_token: str
    expires_at: datetime


class Rotation:
    """Issues and rotates refresh tokens of this `lifetime`, bounded by their session's; `key` derives successors.

    A session is rotated at most `chain.MOST_ROTATIONS` times within the race `window`.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        codec: TokenCodec,
        access: SessionAccess,
        replays: Replays,
        audit: Audit,
        lifetime: timedelta,
        window: timedelta,
        key: bytes,
    ) -> None:
        self._clock = clock
        self._codec = codec
        self._access = access
        self._replays = replays
        self._audit = audit
        self._lifetime = lifetime
        self._window = window
        self._key = key

    def issue(self, *, session: SessionRecord) -> Grant:
        """Issue the first tokens of `session`, which is not stored yet, and enter the refresh token's digest in it."""
        claims = self._claims_for(session, jti=uuid4().hex, generation=0)
        token = self._codec.encode_refresh(claims)
        session["refreshHash"], session["refreshExpiresAt"] = digest(token), claims.expires_at
        session["generation"] = claims.generation
        return self._grant(token, claims, session)

    def reissue(self, *, session: SessionRecord, repeatable: bool, transaction: ClientSession) -> Grant:
        """Use up the refresh token of a stored session, and issue another in its place.

        With `repeatable`, a client that loses the answer can obtain the new token by the old one within
        `REFRESH_GRACE`, as after a refresh.
        """
        jti = self._successor_of(session["refreshHash"]) if repeatable else uuid4().hex
        claims = self._claims_for(session, jti=jti, generation=session["generation"] + 1)
        token = self._codec.encode_refresh(claims)
        Session._get_collection().update_one(
            Session.named(claims.sid), [{"$set": self._advance(token, claims)}], session=transaction
        )
        return self._grant(token, claims, session)

    def rotate(self, *, token: str, claims: Claims, client: Client) -> Grant:
        """Use up the genuine `token`, whose claims are given, and issue its successor; either both or neither happens.

        Raises:
            SessionEnded: the session is not active; the code says why.
            TokenExpired: the token has expired.
            RefreshSuperseded: it was used within the race window; the session stays active.
            RefreshReused: it was used before that, or the chain has forked; the session has been ended.
            RateLimited: the session was rotated too often within the window; the token stays valid.
            InvalidToken: its session does not exist any more.
            DatabaseUnavailable: the session kept changing, or this database server cannot confirm its state.
        """
        token_hash = digest(token)
        grant = self._use(token_hash, claims, self._assumed_end(claims)) or self._recover(token_hash, claims, client)
        self._audit.record(EventType.REFRESH, user_id=grant.user_id, session_id=grant.session_id)
        return grant

    def _use(self, token_hash: str, claims: Claims, end: datetime | None) -> Grant | None:
        """Use the token up, if it is valid and its session has the absolute limit `end`, in whole seconds.

        With `end=None`, the limit must lie beyond the expiry of any token issued now. One command; `None` when it
        matches no session. pymongo repeats it as the same write where it must.
        """
        now = self._clock.now()
        if claims.expires_at <= now:
            return None
        successor = self._successor(token_hash, claims, now, end)
        token = self._codec.encode_refresh(successor)
        limit = {"$gte": end, "$lt": end + SECOND} if end else {"$gte": successor.expires_at}
        condition = {
            **Session.named(claims.sid, user_id=claims.sub),
            **Session.active(now),
            "absoluteExpiresAt": {"$gt": now, **limit},
            **chain.valid(token_hash, claims.generation),
            **chain.has_room(now, self._window),
        }
        change = {**self._access.touch_fields(now), **self._advance(token, successor)}
        session = Session._get_collection().find_one_and_update(condition, [{"$set": change}], GRANTED)
        return self._grant(token, successor, session) if session else None

    def _recover(self, token_hash: str, claims: Claims, client: Client) -> Grant:
        """Find out why the token could not be used up; use it up, or repeat its refresh, where that is allowed.

        Raises:
            ServiceError: as `rotate`.
        """
        for _ in range(ATTEMPTS):
            session = self._replays.classify(token_hash=token_hash, claims=claims, client=client)
            if session["generation"] != claims.generation:
                return self._repeat(token_hash, claims, session)
            if grant := self._use(token_hash, claims, session["absoluteExpiresAt"]):
                return grant
        raise DatabaseUnavailable

    def _repeat(self, token_hash: str, claims: Claims, session: SessionRecord) -> Grant:
        """Issue the unused successor of a used token again; its text is derived anew."""
        successor = Claims(
            sub=claims.sub,
            sid=claims.sid,
            jti=self._successor_of(token_hash),
            issued_at=session["rotatedAt"][-1],
            expires_at=session["refreshExpiresAt"],
            generation=session["generation"],
        )
        token = self._codec.encode_refresh(successor)
        if digest(token) != session.get("refreshHash"):  # not its successor, or the secret was replaced
            self._replays.refuse_superseded(session, claims)
        self._access.touch(session_id=claims.sid, user_id=claims.sub)
        return self._grant(token, successor, session)

    def _assumed_end(self, claims: Claims) -> datetime | None:
        """The session's absolute limit, if the token was cut to it; `None` when it was not.

        It saves a read of the session. The update verifies it.
        """
        is_cut = claims.expires_at - claims.issued_at < self._lifetime - SECOND
        return claims.expires_at if is_cut else None

    def _claims_for(self, session: SessionRecord, *, jti: str, generation: int) -> Claims:
        now = self._clock.now()
        expires_at = min(now + self._lifetime, session["absoluteExpiresAt"])
        return Claims(str(session["userId"]), session["sessionId"], jti, now, expires_at, generation)

    def _successor(self, token_hash: str, claims: Claims, now: datetime, end: datetime | None) -> Claims:
        expires_at = min(now + self._lifetime, end) if end else now + self._lifetime
        jti = self._successor_of(token_hash)
        return Claims(claims.sub, claims.sid, jti, now, expires_at, claims.generation + 1)

    def _advance(self, token: str, claims: Claims) -> dict[str, Any]:
        return chain.advance(
            token_hash=digest(token),
            generation=claims.generation,
            expires_at=claims.expires_at,
            now=claims.issued_at,
            window=self._window,
        )

    def _grant(self, refresh_token: str, claims: Claims, session: SessionRecord) -> Grant:
        authentication = Authentication.of(session)
        access_token = self._codec.encode_access(sub=claims.sub, sid=claims.sid, authentication=authentication)
        return Grant(ObjectId(claims.sub), claims.sid, access_token, refresh_token, claims.expires_at)

    def _successor_of(self, token_hash: str) -> str:
        return hmac.digest(self._key, f"successor of {token_hash}".encode(), "sha256")[:16].hex()
