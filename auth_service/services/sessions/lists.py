"""Lists the sessions of a user, active and ended, and ends those that the user or an admin names."""

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import EndReason, Session
from auth_service.errors import SessionNotFound
from auth_service.services.sessions.active import is_active, unended
from auth_service.services.sessions.ending import SessionEnding

HISTORY_PAGE = 50
MOST_LISTED = 100  # active sessions
MOST_READS = 5  # reads of one more than that for one page


class SessionLists:
    """What a user, or an admin on their behalf, sees of sessions and does to them."""

    def __init__(self, *, clock: Clock, ending: SessionEnding) -> None:
        self._clock = clock
        self._ending = ending

    def active(self, *, user_id: str, after: Position | None = None) -> Page[SessionRecord]:
        """A page of at most `MOST_LISTED` active sessions of a user, the last opened; the most recently seen first.

        Expired sessions on the way are marked as ended. Where there are many, a page ends early: only an `end` that is
        `None` says that it is the last.
        """
        owner, now = object_id(user_id), self._clock.now()
        found: list[SessionRecord] = []
        last = after.item_id if after else None
        for _ in range(MOST_READS):
            read = unended(owner, limit=MOST_LISTED + 1, before=last, fields=None)
            found += [each for each in read if is_active(each, now)]
            self._ending.expire_each([each for each in read if not is_active(each, now)])
            if len(found) > MOST_LISTED or len(read) <= MOST_LISTED:
                break
            last = read[-1]["_id"]
        has_more = len(found) > MOST_LISTED or len(read) > MOST_LISTED
        items = found[:MOST_LISTED]
        end = _position(items[-1] if len(found) > MOST_LISTED else read[-1]) if has_more else None
        return Page(items=sorted(items, key=lambda each: each["lastSeenAt"], reverse=True), end=end)

    def history(self, *, user_id: str, after: Position | None = None) -> Page[SessionRecord]:
        """A page of the ended sessions of a user, the most recently ended first."""
        owner = object_id(user_id)
        self._ending.expire_some(user_id=owner)
        ended = {"userId": owner, "endedAt": {"$type": "date"}}  # with `$exists` the index would lead to active ones
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


def _position(session: SessionRecord) -> Position:
    return Position(session["createdAt"], session["_id"])
