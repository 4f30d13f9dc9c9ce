"""Lists the sessions of a user, active and ended, and ends those that the user or an admin names."""

from pymongo import DESCENDING

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import EndReason, Session
from auth_service.errors import SessionNotFound
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.ending import SessionEnding

HISTORY_PAGE = 50
MOST_LISTED = 100  # active sessions


class SessionLists:
    """What a user, or an admin on their behalf, sees of sessions and does to them."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, audit: Audit) -> None:
        self._clock = clock
        self._ending = ending
        self._audit = audit

    def active(self, *, user_id: str) -> list[SessionRecord]:
        """The active sessions of a user, the most recently seen first; at most the `MOST_LISTED` last opened."""
        condition = {"userId": object_id(user_id), **Session.active(self._clock.now())}
        found: list[SessionRecord] = list(
            Session._get_collection().find(condition).sort("_id", DESCENDING).limit(MOST_LISTED)
        )
        return sorted(found, key=lambda each: each["lastSeenAt"], reverse=True)

    def history(self, *, user_id: str, after: Position | None = None) -> Page[SessionRecord]:
        """A page of the ended sessions of a user, the most recently ended first."""
        owner = object_id(user_id)
        self._ending.expire_some(user_id=owner)
        ended = {"userId": owner, "endedAt": {"$exists": True}}
        return newest_first(Session._get_collection(), ended, time_key="endedAt", limit=HISTORY_PAGE, after=after)

    def end(self, *, user_id: str, session_id: str) -> None:
        """End one active session of a user, at that user's request.

        Raises:
            SessionNotFound: the user has no active session with this id.
        """
        ended = self._ending.end(session_id=session_id, user_id=object_id(user_id), reason=EndReason.REVOKED_BY_USER)
        if not ended:
            raise SessionNotFound

    def end_all(
        self, *, user_id: str, reason: EndReason, sparing: str | None = None, actor_id: str | None = None
    ) -> int:
        """End all active sessions of a user, except the one with the id `sparing`; the number of those that ended.

        `actor_id` is the admin who requests it, if it is not the user.
        """
        actor = object_id(actor_id) if actor_id else None
        return self._ending.end_all(user_id=object_id(user_id), reason=reason, sparing=sparing, actor_id=actor)
