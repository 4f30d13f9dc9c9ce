"""What it means that a used refresh token comes again: a lost race, a lost answer, or theft.

The time since its use decides, in milliseconds; the window is fixed from that use and never slides.
"""

from datetime import datetime, timedelta
from typing import NoReturn

from bson import ObjectId

from auth_service.clock import Clock
from auth_service.database.plain_commands import Record
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
    """Judges by the race `window`, and by the `grace` within it in which a refresh may be repeated."""

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

    def classify(self, *, hash: str, claims: Claims, client: Client) -> Record:
        """The record of the token's session, when the token works or the refresh by it may be repeated.

        Raises:
            SessionEnded: the session has ended, or somebody else ended it first.
            TokenExpired: the token was not used, and is too old.
            RefreshSuperseded: it lost a race.
            RefreshReused: it was stolen, or the one that was used before was; its session has been ended here.
            InvalidToken: no such token was given to that session.
        """
        record = self._living(claims)
        if record.get("refreshHash") == hash:
            if claims.expires_at <= self._clock.now():
                raise TokenExpired
            return record
        used_at = used_tokens.used_at(hash, record)
        if used_at is None:
            raise InvalidToken
        if self._is_theft(used_at):
            self._end_stolen(record, claims)
        if not self._may_be_repeated(hash, record, client):
            self.refuse_late(record)
        return record

    def refuse_late(self, record: Record) -> NoReturn:
        """Refuse the loser of a race, and write it to the audit trail.

        Raises:
            RefreshSuperseded: always.
        """
        whose = {"user_id": record["userId"], "session_id": record["sessionId"]}
        self._audit.record(EventType.REFRESH, failure=RefreshSuperseded.code, **whose)
        raise RefreshSuperseded

    def replaced_by_login(self, refresh_token: str, *, user_id: ObjectId) -> tuple[str, EndReason] | None:
        """The session of this user that a presented refresh token belongs to, and why a new login ends it.

        The token is identified by its digest alone, and may be used or expired. `None` when the user has no such
        session.
        """
        presented = self._codec.presented(refresh_token)
        record = used_tokens.session_of(presented, userId=user_id)
        if record is None:
            return None
        unused = record.get("refreshHash") == presented.token_hash
        used_at = None if unused else used_tokens.used_at(presented.token_hash, record)
        stolen = used_at is not None and self._is_theft(used_at)
        return record["sessionId"], EndReason.REUSED_TOKEN if stolen else EndReason.LOGOUT

    def _living(self, claims: Claims) -> Record:
        now = self._clock.now()
        record: Record | None = Session._get_collection().find_one(
            {"sessionId": claims.sid, "userId": ObjectId(claims.sub), **Session.active(now)}
        )
        if record is None:
            self._access.refuse(session_id=claims.sid, user_id=claims.sub)
        return record

    def _is_theft(self, used_at: datetime) -> bool:
        """Whether it is too late for a token used then to come again."""
        return bool(self._clock.now() - used_at > self._window)

    def _end_stolen(self, record: Record, claims: Claims) -> NoReturn:
        if self._ending.end(session_id=claims.sid, reason=EndReason.REUSED_TOKEN):
            self._audit.record_theft(user_id=record["userId"], session_id=claims.sid)
            raise RefreshReused
        self._access.refuse(session_id=claims.sid, user_id=claims.sub)

    def _may_be_repeated(self, hash: str, record: Record, client: Client) -> bool:
        """Whether it was used a moment ago, by this device, and its successor was not."""
        last, used_at = list(used_tokens.kept_in(record).items() or [("", None)])[-1]
        if not self._grace or last != hash or used_at is None or self._clock.now() - used_at > self._grace:
            return False
        return devices.family(record["userAgent"]) == devices.family(client.user_agent)
