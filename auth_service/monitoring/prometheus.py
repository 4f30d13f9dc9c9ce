"""The figures as Prometheus counts them: in this process, or together with the other workers by `metric_files`.

No label comes from a client: routes are rules, the codes and outcomes those of the error catalogue, and what is not in
a list below is `other`.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from auth_service.database.command_log import Command

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
COMMAND_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1.0)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
COMMANDS = frozenset(
    {
        *("find", "getMore", "aggregate", "count", "findAndModify", "insert", "update", "delete"),
        *("commitTransaction", "abortTransaction", "killSessions", "ping"),
    }
)
OTHER = "other"

Family = TypeVar("Family", Counter, Histogram)

# There from the start, at 0, so that the first increase is seen as one.
LOGIN_OUTCOMES = (
    "success",
    "invalid_credentials",
    "login_delayed",
    "rate_limited",
    "login_busy",
    "database_unavailable",
)
REFRESH_OUTCOMES = ("success", "refresh_superseded", "refresh_reused", "rate_limited", "database_unavailable")


class PrometheusMetrics:
    """Counts into `registry`, whose figures those of other workers may be added to; see `metric_files`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # counters of several workers have none
        self._labelled: dict[tuple[Any, ...], Any] = {}
        self._make_web(registry)
        self._make_sessions(registry)
        self._make_hashing(registry)
        self._make_database(registry)

    def _make_web(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "auth_service_http_requests",
            "Requests that were answered",
            ("route", "method", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "auth_service_http_request_duration_seconds",
            "How long a request took inside the service",
            ("route", "method"),
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "auth_service_refusals",
            "Requests that were refused, by the code of the error",
            ("route", "code"),
            registry=registry,
        )

    def _make_sessions(self, registry: CollectorRegistry) -> None:
        self._logins = Counter("auth_service_logins", "Logins by outcome", ("outcome",), registry=registry)
        self._refreshes = Counter("auth_service_refreshes", "Refreshes by outcome", ("outcome",), registry=registry)
        self._reuses = Counter(
            "auth_service_refresh_token_reuses", "Used refresh tokens that came again as stolen", registry=registry
        )
        self._lost_events = Counter(
            "auth_service_audit_write_failures", "Audit events that were not written", registry=registry
        )
        for outcome in LOGIN_OUTCOMES:
            self._logins.labels(outcome)
        for outcome in REFRESH_OUTCOMES:
            self._refreshes.labels(outcome)

    def _make_hashing(self, registry: CollectorRegistry) -> None:
        self._hashes_waiting = Gauge(
            "auth_service_password_hashes_waiting",
            "Password hashes that wait for their turn",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._hashes_running = Gauge(
            "auth_service_password_hashes_running",
            "Password hashes at work",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._hashes_refused = Counter(
            "auth_service_password_hashes_refused", "Password hashes that found no place or no turn", registry=registry
        )

    def _make_database(self, registry: CollectorRegistry) -> None:
        self._command_seconds = Histogram(
            "auth_service_database_command_duration_seconds",
            "How long a command to the database took, of those that requests sent",
            ("command",),
            buckets=COMMAND_SECONDS,
            registry=registry,
        )
        self._failed_commands = Counter(
            "auth_service_database_command_failures",
            "Commands that the database refused or did not answer",
            ("command",),
            registry=registry,
        )
        self._ready = Gauge(
            "auth_service_database_ready",
            "Whether all workers may use the database (1), or one may not (0)",
            multiprocess_mode="livemin",
            registry=registry,
        )

    def answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """A request to the rule `route` was answered."""
        known = method if method in METHODS else OTHER
        self._of(self._requests, route, known, str(status)).inc()
        self._of(self._request_seconds, route, known).observe(seconds)

    def refused(self, *, route: str, code: str) -> None:
        """It was refused, by a code of the error catalogue."""
        self._refusals.labels(route, code).inc()

    def login(self, outcome: str) -> None:
        """A login came to its end."""
        self._logins.labels(outcome).inc()

    def refresh(self, outcome: str) -> None:
        """A refresh came to its end."""
        self._refreshes.labels(outcome).inc()

    def token_reused(self) -> None:
        """A used refresh token came again, too late for a lost race."""
        self._reuses.inc()

    def audit_events_lost(self, number: int) -> None:
        """So many events were not written."""
        self._lost_events.inc(number)

    def hashes_waiting(self, change: int) -> None:
        """One more or less waits."""
        self._hashes_waiting.inc(change)

    def hashes_running(self, change: int) -> None:
        """One more or less is at work."""
        self._hashes_running.inc(change)

    def hash_refused(self) -> None:
        """One could not wait, or waited in vain."""
        self._hashes_refused.inc()

    def commands_sent(self, commands: Iterable[Command]) -> None:
        """The database was sent these."""
        for command in commands:
            name = command.name if command.name in COMMANDS else OTHER
            self._of(self._command_seconds, name).observe(command.seconds)
            if command.failed:
                self._failed_commands.labels(name).inc()

    def database_ready(self, ready: bool) -> None:
        """Whether this process may use the database."""
        self._ready.set(ready)

    def _of(self, family: Family, *labels: str) -> Family:
        """The member of `family` with these labels; prometheus_client takes a lock to look it up."""
        key = (family, *labels)
        member: Family | None = self._labelled.get(key)
        if member is None:
            member = self._labelled[key] = family.labels(*labels)
        return member
