"""Classifies a used refresh token that is presented again: a lost race, a lost answer, or theft.

The time since its use decides, in milliseconds. The window is counted from that use, and a replay does not extend it.
"""

from datetime import datetime, timedelta
from typing import NoReturn

from bson import ObjectId

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import EndReason, Session
from auth_service.errors import InvalidToken, RefreshReused, RefreshSuperseded, TokenExpired
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.origin import devices
from auth_service.services.origin.client import Client
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens import used_tokens
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.codec import TokenCodec


class Replays:
    """Classifies replays by the race `window`, and by the `grace` within it in which a refresh may be repeated."""

    def __init__(
        self,
        *,
        clock: Clock,
        codec: TokenCodec,
        access: SessionAccess,
        ending: SessionEnding,
        audit: Audit,
        window: timedelta,
        grace: timedelta,
    ) -> None:
        self._clock = clock
        self._codec = codec
        self._access = access
        self._ending = ending
        self._audit = audit
        self._window = window
        self._grace = grace

    def classify(self, *, token_hash: str, claims: Claims, client: Client) -> SessionRecord:
        """The session of the token, if the token is valid or the refresh by it may be repeated.

        Raises:
            SessionEnded: the session is not active, or another request ended it first.
            TokenExpired: the token is unused and has expired.
            RefreshSuperseded: it was used within the window: it lost a race.
            RefreshReused: it was used before the window: this call has ended the session as stolen.
            InvalidToken: the token was never issued for that session.
        """
        session = self._active_session(claims)
        if session.get("refreshHash") == token_hash:
            if claims.expires_at <= self._clock.now():
                raise TokenExpired
            return session
        used_at = used_tokens.used_at(token_hash, session)
        if used_at is None:
            raise InvalidToken
        if self._is_theft(used_at):
            self._end_stolen(session)
        if not self._may_be_repeated(token_hash, session, client):
            self.refuse_superseded(session)
        return session

    def refuse_superseded(self, session: SessionRecord) -> NoReturn:
        """Refuse the loser of a race, with an event in the audit trail.

        Raises:
            RefreshSuperseded: always.
        """
        self._audit.record(
            EventType.REFRESH,
            user_id=session["userId"],
            session_id=session["sessionId"],
            failure=RefreshSuperseded.code,
        )
        raise RefreshSuperseded

    def replaced_by_login(self, refresh_token: str, *, user_id: ObjectId) -> tuple[str, EndReason] | None:
        """The session of this user that a presented refresh token belongs to, and why a new login ends it.

        The token is identified by its digest alone, and may be used or expired. `None` when the user has no such
        session.
        """
        presented = self._codec.presented(refresh_token)
        session = used_tokens.session_of(presented, user_id=user_id)
        if session is None:
            return None
        is_unused = session.get("refreshHash") == presented.token_hash
        used_at = None if is_unused else used_tokens.used_at(presented.token_hash, session)
        stolen = used_at is not None and self._is_theft(used_at)
        return session["sessionId"], EndReason.REUSED_TOKEN if stolen else EndReason.LOGOUT

    def _active_session(self, claims: Claims) -> SessionRecord:
        condition = {**Session.named(claims.sid, user_id=claims.sub), **Session.active(self._clock.now())}
        session: SessionRecord | None = Session._get_collection().find_one(condition)
        if session is None:
            self._access.refuse(session_id=claims.sid, user_id=claims.sub)
        return session

    def _is_theft(self, used_at: datetime) -> bool:
        """Whether a token that was used then is replayed outside the window."""
        return self._clock.now() - used_at > self._window

    def _end_stolen(self, session: SessionRecord) -> NoReturn:
        session_id, user_id = session["sessionId"], session["userId"]
        if self._ending.end(session_id=session_id, reason=EndReason.REUSED_TOKEN):
            self._audit.record_theft(user_id=user_id, session_id=session_id)
            raise RefreshReused
        self._access.refuse(session_id=session_id, user_id=str(user_id))

    def _may_be_repeated(self, token_hash: str, session: SessionRecord, client: Client) -> bool:
        """Whether the token was used last, within the grace and by this device, so that its successor is unused."""
        recent = used_tokens.in_session(session)
        if not self._grace or not recent or list(recent)[-1] != token_hash:
            return False
        if self._clock.now() - recent[token_hash] > self._grace:
            return False
        return devices.family(session["userAgent"]) == devices.family(client.user_agent)
