"""What the service tells about itself in figures: anything that can count it, and what counts nothing."""

from collections.abc import Iterable
from typing import Protocol

from auth_service.database.command_log import Command


class Metrics(Protocol):
    """Takes note of what happened. No argument may come from a client: each is one of a few known values."""

    def answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """A request to the rule `route` was answered."""

    def refused(self, *, route: str, code: str) -> None:
        """It was refused, by a code of the error catalogue."""

    def login(self, outcome: str) -> None:
        """A login came to its end: `success`, or the code of the refusal."""

    def refresh(self, outcome: str) -> None:
        """So did a refresh."""

    def token_reused(self) -> None:
        """A used refresh token came again, too late for a lost race."""

    def audit_events_lost(self, number: int) -> None:
        """So many events were not written."""

    def hashes_waiting(self, change: int) -> None:
        """One more (1) or less (-1) waits for its turn to hash a password."""

    def hashes_running(self, change: int) -> None:
        """One more (1) or less (-1) is at work."""

    def hash_refused(self) -> None:
        """One could not wait, or waited in vain."""

    def commands_sent(self, commands: Iterable[Command]) -> None:
        """The database was sent these."""

    def database_ready(self, ready: bool) -> None:
        """Whether this process may use the database."""


class NullMetrics:
    """Counts nothing."""

    def answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Nothing."""

    def refused(self, *, route: str, code: str) -> None:
        """Nothing."""

    def login(self, outcome: str) -> None:
        """Nothing."""

    def refresh(self, outcome: str) -> None:
        """Nothing."""

    def token_reused(self) -> None:
        """Nothing."""

    def audit_events_lost(self, number: int) -> None:
        """Nothing."""

    def hashes_waiting(self, change: int) -> None:
        """Nothing."""

    def hashes_running(self, change: int) -> None:
        """Nothing."""

    def hash_refused(self) -> None:
        """Nothing."""

    def commands_sent(self, commands: Iterable[Command]) -> None:
        """Nothing."""

    def database_ready(self, ready: bool) -> None:
        """Nothing."""
