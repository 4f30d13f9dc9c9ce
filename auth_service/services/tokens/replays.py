"""Classifies a refresh token that is not the valid one of its session: a lost race, a lost answer, or theft.

Its place in the chain tells when it was used, and the time since then decides, in milliseconds. The window is counted
from that use, and a replay does not extend it.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from bson import ObjectId
from pymongo.read_concern import ReadConcern

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import EndReason, Session
from auth_service.errors import InvalidToken, RateLimited, RefreshReused, RefreshSuperseded, TokenExpired
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices, origin_of
from auth_service.services.origin import devices
from auth_service.services.origin.client import Client
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.sessions.active import is_active
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens.chain import MOST_ROTATIONS, room_after, used_at
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.recent_set import RecentSet

REMEMBERED = 4096  # refused tokens of which a process knows that the audit trail has an event


@dataclass(frozen=True, slots=True)
class Owner:
    """The session that a presented token belongs to, and the reason that it ends for."""

    session: SessionRecord
    reason: EndReason

    @property
    def session_id(self) -> str:
        """The session's id."""
        return self.session["sessionId"]


class Replays:
    """Classifies replays by the race `window`, and by the `grace` within it in which a refresh may be repeated."""

    def __init__(
        self,
        *,
        clock: Clock,
        codec: TokenCodec,
        access: SessionAccess,
        ending: SessionEnding,
        notices: Notices,
        audit: Audit,
        window: timedelta,
        grace: timedelta,
    ) -> None:
        self._clock = clock
        self._codec = codec
        self._access = access
        self._ending = ending
        self._notices = notices
        self._audit = audit
        self._window = window
        self._grace = grace
        self._recorded = RecentSet(REMEMBERED)

    def classify(self, *, token_hash: str, claims: Claims, client: Client) -> SessionRecord:
        """The session of the token, if the token is valid or the refresh by it may be repeated.

        Raises:
            SessionEnded: the session is not active, or another request ended it first.
            TokenExpired: the token is unused and has expired.
            RateLimited: the token is valid, and its session was rotated too often within the window.
            RefreshSuperseded: it was used within the window: it lost a race.
            RefreshReused: it was used before the window, or the chain has forked: this call has ended the session.
            InvalidToken: its session does not exist.
        """
        session, now = self._active_session(claims), self._clock.now()
        if self._is_valid(token_hash, claims, session):
            if claims.expires_at <= now:
                raise TokenExpired
            self._require_room(session, now)
            return session
        if self._is_theft(claims.generation, session):
            self._end_stolen(session)
        if not self._may_be_repeated(claims, session, client):
            self.refuse_superseded(session, claims)
        return session

    def refuse_superseded(self, session: SessionRecord, claims: Claims) -> NoReturn:
        """Refuse the loser of a race; the first time that a process refuses a token, with an event in the audit trail.

        Raises:
            RefreshSuperseded: always.
        """
        if self._recorded.add((claims.sid, claims.generation)):
            self._audit.record(
                EventType.REFRESH,
                user_id=session["userId"],
                session_id=session["sessionId"],
                failure=RefreshSuperseded.code,
            )
        raise RefreshSuperseded

    def owner_of(self, refresh_token: str, *, user_id: ObjectId | None = None) -> Owner | None:
        """The session that a presented refresh token belongs to, and why it ends when its browser leaves it.

        The token is identified by its signature, and may be used or expired; or by its digest, if it is the valid or
        the imported one of the session that it names. `None` when there is no such session, or it is not that of
        `user_id`.
        """
        presented, generation = self._codec.presented(refresh_token), 0
        if presented.session_id is None:
            return None
        condition = Session.named(presented.session_id)
        try:
            claims = self._codec.verify_refresh(refresh_token, even_expired=True)
            condition, generation = Session.named(claims.sid, user_id=claims.sub), claims.generation
        except InvalidToken:
            condition["$or"] = [{"refreshHash": presented.token_hash}, {"importedHash": presented.token_hash}]
        session: SessionRecord | None = Session._get_collection().find_one(condition)
        if session is None or user_id not in (None, session["userId"]):
            return None
        is_valid = session.get("refreshHash") == presented.token_hash
        stolen = not is_valid and self._is_theft(generation, session)
        return Owner(session, EndReason.REUSED_TOKEN if stolen else EndReason.LOGOUT)

    def report_theft(self, session: SessionRecord) -> None:
        """Write that a used refresh token of this session, which has ended for that, was replayed; tell its user."""
        self._audit.record_theft(user_id=session["userId"], session_id=session["sessionId"])
        self._notices.put(Kind.SESSION_STOLEN, user_id=session["userId"], origin=origin_of(session))

    def _active_session(self, claims: Claims) -> SessionRecord:
        """The session as the majority of the database has it.

        A server that was primary and is cut off from the others cannot answer: it must not call the token invalid that
        its successor has issued.
        """
        sessions = Session._get_collection().with_options(read_concern=ReadConcern("linearizable"))
        session: SessionRecord | None = sessions.find_one(Session.named(claims.sid, user_id=claims.sub))
        if session is None or not is_active(session, self._clock.now()):
            self._access.refuse_record(session)
        return session

    def _is_valid(self, token_hash: str, claims: Claims, session: SessionRecord) -> bool:
        return session["generation"] == claims.generation and session.get("refreshHash") == token_hash

    def _require_room(self, session: SessionRecord, now: datetime) -> None:
        if wait := room_after(session, now, self._window):
            raise RateLimited(limit=MOST_ROTATIONS, retry_after=max(1, math.ceil(wait.total_seconds())))

    def _is_theft(self, generation: int, session: SessionRecord) -> bool:
        """Whether a token of this place, which is not the valid one, was used before the window, or never issued.

        A place that is not in the past belongs to another branch of the chain, after the restore of a backup: whoever
        holds the other branch must not stay unnoticed.
        """
        if generation >= session["generation"]:
            return True
        moment = used_at(session, generation)
        return moment is None or self._clock.now() - moment > self._window

    def _end_stolen(self, session: SessionRecord) -> NoReturn:
        session_id = session["sessionId"]
        if self._ending.end(session_id=session_id, reason=EndReason.REUSED_TOKEN):
            self.report_theft(session)
            raise RefreshReused
        self._access.refuse(session_id=session_id, user_id=str(session["userId"]))

    def _may_be_repeated(self, claims: Claims, session: SessionRecord, client: Client) -> bool:
        """Whether the token was used last, within the grace and by this device, so that its successor is unused."""
        moment = used_at(session, claims.generation)
        if not self._grace or moment is None or claims.generation != session["generation"] - 1:
            return False
        if self._clock.now() - moment > self._grace:
            return False
        return devices.family(session["userAgent"]) == devices.family(client.user_agent)
