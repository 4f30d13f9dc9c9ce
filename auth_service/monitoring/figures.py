"""What is going on now, in a few numbers for an admin; the same ones that `/metrics` has for Prometheus."""

from typing import TypedDict

from auth_service.monitoring.active_sessions import ActiveSessions
from auth_service.monitoring.mail_backlog import Backlog
from auth_service.monitoring.recent import Recent


class FiguresOfNow(TypedDict):
    """Active sessions and mails that wait; `None` where that is not known, or no mail is sent."""

    sessions: int | None
    mails: int | None


class Figures:
    """Reads the figures; each asks the database at most once in some seconds, whoever wants it."""

    def __init__(self, *, active_sessions: ActiveSessions, backlog: Recent[Backlog] | None) -> None:
        self._active_sessions = active_sessions
        self._backlog = backlog

    def now(self) -> FiguresOfNow:
        """The figures; those of mails count 10,000 at most, those of many sessions are estimated."""
        backlog = self._backlog.value() if self._backlog else None
        return FiguresOfNow(sessions=self._active_sessions.number(), mails=backlog.waiting if backlog else None)
