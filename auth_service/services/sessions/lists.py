"""Shows people their sessions, the living and the ended, and ends those they name."""

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first
from auth_service.database.transactions import transaction
from auth_service.documents.session import EndReason, Session
from auth_service.errors import SessionNotFound
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.ending import SessionEnding

HISTORY_PAGE = 50


class SessionLists:
    """What a user, or an admin for them, sees and does with sessions."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, audit: Audit) -> None:
        self._clock = clock
        self._ending = ending
        self._audit = audit

    def active(self, *, user_id: str) -> list[Session]:
        """The living sessions of a user, the last seen first."""
        condition = {"userId": object_id(user_id), **Session.active(self._clock.now())}
        return list(Session.objects(__raw__=condition).order_by("-last_seen_at"))

    def history(self, *, user_id: str, after: Position | None = None) -> Page[Session]:
        """A page of the ended sessions of a user, the last ended first."""
        owner = object_id(user_id)
        self._ending.expire_all(user_id=owner)
        ended = Session.objects(user_id=owner, ended_at__exists=True)
        return newest_first(ended, time_field="ended_at", limit=HISTORY_PAGE, after=after)

    def end(self, *, user_id: str, session_id: str) -> None:
        """End one living session of a user, for its user.

        Raises:
            SessionNotFound: the user has no living session with this id.
        """
        ended = self._ending.end(session_id=session_id, user_id=object_id(user_id), reason=EndReason.REVOKED_BY_USER)
        if not ended:
            raise SessionNotFound

    def end_all(
        self, *, user_id: str, reason: EndReason, sparing: str | None = None, actor_id: str | None = None
    ) -> int:
        """End all living sessions of a user but the one `sparing` names; how many there were.

        `actor_id` is the admin who asks, where it is not the user.
        """
        owner = object_id(user_id)
        ended = transaction(
            lambda running: self._ending.end_all(user_id=owner, reason=reason, transaction=running, sparing=sparing)
        )
        actor = object_id(actor_id) if actor_id else None
        self._audit.record_ended(ended, user_id=owner, reason=reason, actor_id=actor)
        return len(ended)
