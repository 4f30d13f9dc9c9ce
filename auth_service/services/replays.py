"""What it means that a used refresh token comes again: a lost race, a lost answer, or theft.

The time since the first use decides, in milliseconds; the window is fixed from that use and never slides.
"""

from datetime import timedelta

from bson import ObjectId

from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import EndReason, Session
from auth_service.errors import InvalidToken, RefreshReused, RefreshSuperseded, TokenExpired
from auth_service.services import devices
from auth_service.services.audit import Audit, EventType
from auth_service.services.clients import Client
from auth_service.services.clock import Clock
from auth_service.services.endings import Endings
from auth_service.services.sessions import Sessions


class Replays:
    """Judges by the race `window`, and by the `grace` within it in which a refresh may be repeated."""

    def __init__(
        self, *, clock: Clock, sessions: Sessions, endings: Endings, audit: Audit, window: timedelta, grace: timedelta
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._endings = endings
        self._audit = audit
        self._window = window
        self._grace = grace

    def judge(self, *, hash: str, sid: str, sub: str, client: Client) -> tuple[RefreshToken, RefreshToken]:
        """The used token with this hash and its successor, when the refresh may be repeated.

        Raises:
            RefreshSuperseded: it lost a race.
            RefreshReused: it was stolen, or the one that was used before was; its session has been ended here.
            SessionEnded: somebody else ended the session first.
            TokenExpired: it was not used, so it was too old.
            InvalidToken: no such token was given to that session.
        """
        used = RefreshToken.objects(hash=hash, session_id=sid).first()
        if used is None:
            raise InvalidToken
        if used.used_at is None:
            raise TokenExpired
        if self.is_theft(used):
            self._end_stolen(used, sub)
        successor = self._unused_successor(used, client)
        if successor is None:
            self._audit.record(EventType.REFRESH, user_id=used.user_id, session_id=sid, failure=RefreshSuperseded.code)
            raise RefreshSuperseded
        return used, successor

    def require_same(self, hash: str, successor: RefreshToken) -> None:
        """Return when a derived token is the stored successor; after a change of secrets it is not.

        Raises:
            RefreshSuperseded: it is another.
        """
        if hash != successor.hash:
            raise RefreshSuperseded

    def replaced_by_login(self, *, hash: str, user_id: ObjectId) -> tuple[str, EndReason] | None:
        """The session, of this user, that a token with this hash belongs to, and what a new login ends it for."""
        record = RefreshToken.objects(hash=hash, user_id=user_id).first()
        if record is None:
            return None
        stolen = record.used_at is not None and self.is_theft(record)
        return record.session_id, EndReason.REUSED_TOKEN if stolen else EndReason.LOGOUT

    def session_of(self, *, hash: str) -> str | None:
        """The id of the session that a token with this hash was given to, used or not; `None` when it is unknown."""
        record = RefreshToken.objects(hash=hash).only("session_id").first()
        return record.session_id if record else None

    def is_theft(self, used: RefreshToken) -> bool:
        """Whether it is too late for a token used then to come again."""
        return bool(self._clock.now() - used.used_at > self._window)

    def _end_stolen(self, used: RefreshToken, sub: str) -> None:
        if self._endings.end(session_id=used.session_id, reason=EndReason.REUSED_TOKEN):
            self._audit.record_theft(user_id=used.user_id, session_id=used.session_id)
            raise RefreshReused
        raise self._sessions.why_not(used.session_id, sub)

    def _unused_successor(self, used: RefreshToken, client: Client) -> RefreshToken | None:
        if not used.successor or self._clock.now() - used.used_at > self._grace or not self._grace:
            return None
        session = Session.objects(session_id=used.session_id).only("user_agent").first()
        if session is None or devices.family(session.user_agent) != devices.family(client.user_agent):
            return None
        found: RefreshToken | None = RefreshToken.objects(hash=used.successor, used_at=None).first()
        return found
