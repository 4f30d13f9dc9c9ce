"""Decides whether a session is fresh: its user logged in, or confirmed who they are, a moment ago (RFC 9470).

It is decided by the record that the request's touch returned, so it costs no command.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.errors import FreshAuthenticationRequired


@dataclass(frozen=True, slots=True)
class Freshness:
    """A session stays fresh for the time `lasts`."""

    clock: Clock
    lasts: timedelta

    def until(self, session: SessionRecord) -> datetime:
        """When `session` stops being fresh; in the past where it has."""
        return authenticated_at(session) + self.lasts

    def require(self, session: SessionRecord) -> None:
        """Return when `session` is fresh.

        A clock that went back makes no session fresh for longer: what lies further ahead than `lasts` does not count.

        Raises:
            FreshAuthenticationRequired: it is not.
        """
        age = self.clock.now() - authenticated_at(session)
        if not -self.lasts < age < self.lasts:
            raise FreshAuthenticationRequired(max_age=int(self.lasts.total_seconds()))


def authenticated_at(session: SessionRecord) -> datetime:
    """When the user of a session last proved who they are: at a confirmation, or else at the login."""
    return session.get("authenticatedAt") or session["createdAt"]
