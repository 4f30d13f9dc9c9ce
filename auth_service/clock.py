"""Where the services get the time from; tests pass a clock of their own."""

from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment in UTC, in whole milliseconds, as MongoDB keeps it."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The present moment in UTC, in whole milliseconds."""
        moment = datetime.now(timezone.utc)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
