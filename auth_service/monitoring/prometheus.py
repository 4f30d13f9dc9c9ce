"""Counts the metrics for Prometheus, in this process or, by `worker_files`, together with the other workers.

No label comes from a client: routes are URL rules, codes and outcomes come from the error catalogue, and a method or a
command that is in no list of `labels` is `other`.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from auth_service.database.command_log import Command
from auth_service.monitoring.labels import COMMANDS, LOGIN_OUTCOMES, MAIL_OUTCOMES, METHODS, OTHER, REFRESH_OUTCOMES
from auth_service.monitoring.metrics import Metrics

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
COMMAND_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1.0)

Family = TypeVar("Family", Counter, Histogram)


class PrometheusMetrics(Metrics):
    """Counts into `registry`; see `worker_files` for how the figures of several workers are added."""

    def __init__(self, registry: CollectorRegistry, *, mail_kinds: Sequence[str] = ()) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # counters of several workers have none
        self._labelled: dict[tuple[Any, ...], Any] = {}
        self._make_web(registry)
        self._make_sessions(registry)
        self._make_mail(registry, mail_kinds)
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
        self._empty_logouts = Counter(
            "auth_service_logouts_without_token", "Logouts that presented no token", registry=registry
        )
        self._lost_events = Counter(
            "auth_service_audit_write_failures", "Audit events that were not written", registry=registry
        )
        for outcome in LOGIN_OUTCOMES:
            self._logins.labels(outcome)
        for outcome in REFRESH_OUTCOMES:
            self._refreshes.labels(outcome)

    def _make_mail(self, registry: CollectorRegistry, kinds: Sequence[str]) -> None:
        self._mails = Counter("auth_service_mails", "Attempts at mails", ("kind", "outcome"), registry=registry)
        for kind, outcome in product(kinds, MAIL_OUTCOMES):
            self._mails.labels(kind, outcome)

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
        """Count a request to the URL rule `route`, and its duration."""
        known = method if method in METHODS else OTHER
        self._of(self._requests, route, known, str(status)).inc()
        self._of(self._request_seconds, route, known).observe(seconds)

    def refused(self, *, route: str, code: str) -> None:
        """Count a refusal by its code in the error catalogue."""
        self._refusals.labels(route, code).inc()

    def login(self, outcome: str) -> None:
        """Count a login by its outcome."""
        self._logins.labels(outcome).inc()

    def refresh(self, outcome: str) -> None:
        """Count a refresh by its outcome."""
        self._refreshes.labels(outcome).inc()

    def token_reused(self) -> None:
        """Count a replay outside of the race window."""
        self._reuses.inc()

    def logout_without_token(self) -> None:
        """Count a logout that presented no token."""
        self._empty_logouts.inc()

    def mail(self, *, kind: str, outcome: str) -> None:
        """Count an attempt at a mail."""
        self._mails.labels(kind, outcome).inc()

    def audit_events_lost(self, number: int) -> None:
        """Count audit events that were not written."""
        self._lost_events.inc(number)

    def hashes_waiting(self, change: int) -> None:
        """Change the number of waiting hashes by 1 or -1."""
        self._hashes_waiting.inc(change)

    def hashes_running(self, change: int) -> None:
        """Change the number of running hashes by 1 or -1."""
        self._hashes_running.inc(change)

    def hash_refused(self) -> None:
        """Count a hash that found no place in the queue, or no slot in time."""
        self._hashes_refused.inc()

    def database_commands(self, commands: Iterable[Command]) -> None:
        """Count commands to the database, their durations and their failures."""
        for command in commands:
            name = command.name if command.name in COMMANDS else OTHER
            self._of(self._command_seconds, name).observe(command.seconds)
            if command.failed:
                self._failed_commands.labels(name).inc()

    def database_ready(self, ready: bool) -> None:
        """Record whether this process may use the database."""
        self._ready.set(ready)

    def _of(self, family: Family, *labels: str) -> Family:
        """The member of `family` with these labels; prometheus_client takes a lock to look it up."""
        key = (family, *labels)
        member: Family | None = self._labelled.get(key)
        if member is None:
            member = self._labelled[key] = family.labels(*labels)
        return member
