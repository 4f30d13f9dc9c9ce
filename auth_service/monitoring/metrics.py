"""The metrics of the service: the role of the part that counts them, and the part that counts nothing."""

from collections.abc import Iterable

from auth_service.database.command_log import Command


class Metrics:
    """Counts events; here, nothing. No argument may come from a client: each is one of a few known values."""

    def answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """A request to the URL rule `route` was answered with `status` after `seconds`."""

    def refused(self, *, route: str, code: str) -> None:
        """A request was refused with `code`, one of the error catalogue."""

    def login(self, outcome: str) -> None:
        """A login ended: `success`, or the code of the refusal."""

    def refresh(self, outcome: str) -> None:
        """A refresh ended: `success`, or the code of the refusal."""

    def token_reused(self) -> None:
        """A used refresh token was replayed outside of the race window."""

    def logout_without_token(self) -> None:
        """A logout presented no token, so it ended no session."""

    def mail(self, *, kind: str, outcome: str) -> None:
        """A mail of this kind was `sent`, `deferred`, `dropped`, or is `dead`."""

    def audit_events_lost(self, number: int) -> None:
        """`number` audit events were not written."""

    def hashes_waiting(self, change: int) -> None:
        """The number of hashes that wait for a slot changed by `change`, 1 or -1."""

    def hashes_running(self, change: int) -> None:
        """The number of running hashes changed by `change`, 1 or -1."""

    def hash_refused(self) -> None:
        """A hash found no place in the queue, or no slot in time."""

    def database_commands(self, commands: Iterable[Command]) -> None:
        """These commands were sent to the database."""

    def database_ready(self, ready: bool) -> None:
        """Whether this process may use the database."""


class NullMetrics(Metrics):
    """Counts nothing."""
