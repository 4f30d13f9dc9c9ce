"""The text that Prometheus scrapes: metrics that were counted, and gauges that are collected on demand."""

import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from auth_service.clock import Clock
from auth_service.monitoring import worker_files
from auth_service.monitoring.active_sessions import ActiveSessions
from auth_service.monitoring.mail_backlog import Backlog
from auth_service.monitoring.readiness import Readiness
from auth_service.monitoring.recent import Recent

REPETITIONS = 3
PAUSE = 0.05  # seconds
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exposition:
    """The text for a scrape: the metrics `counted` by all workers, and those collected `on_demand`."""

    def __init__(self, *, counted: CollectorRegistry, on_demand: Collector) -> None:
        self._counted = counted
        self._on_demand = on_demand

    def text(self) -> bytes:
        """The text format of Prometheus, version 0.0.4.

        The files are read again when one cannot be: a worker that is replaced removes its own, and begins another.
        """
        for _ in range(REPETITIONS):
            with suppress(OSError, ValueError, struct.error):
                return generate_latest(self._registry())
            time.sleep(PAUSE)
        return generate_latest(self._registry())

    def _registry(self) -> CollectorRegistry:
        registry = CollectorRegistry(auto_describe=False)
        folder = worker_files.folder()
        if folder is None:
            registry.register(_Forwarding(self._counted))
        else:
            MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
        registry.register(self._on_demand)
        return registry


class _Forwarding(Collector):
    """Collects the metrics of another registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self._registry.collect()


class OnDemandGauges(Collector):
    """Active sessions, mails that wait, the age of the city database; without a value where they are not known."""

    def __init__(
        self,
        *,
        clock: Clock,
        readiness: Readiness,
        active_sessions: ActiveSessions,
        backlog: Recent[Backlog] | None,
        geo_path: str | None,
    ) -> None:
        self._clock = clock
        self._readiness = readiness
        self._active_sessions = active_sessions
        self._backlog = backlog
        self._geo_path = geo_path

    def collect(self) -> Iterable[Metric]:
        """All gauges."""
        active = self._active_sessions.number() if self._readiness.ready else None
        yield _gauge("auth_service_live_sessions", "Sessions that live, counted or estimated", active)
        yield from self._mails()
        yield _gauge("auth_service_geo_file_age_seconds", "Time since the city database was written", self._geo_age())

    def _mails(self) -> Iterable[Metric]:
        found = self._backlog.value() if self._backlog and self._readiness.ready else None
        waiting, dead, age = (found.waiting, found.dead, self._age(found.oldest)) if found else (None, None, None)
        yield _gauge("auth_service_mails_waiting", "Mails that wait to be sent", waiting)
        yield _gauge("auth_service_mails_oldest_seconds", "How long the oldest mail that waits has waited", age)
        yield _gauge("auth_service_mails_dead", "Mails that could not be sent and are kept", dead)

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._clock.now() - since).total_seconds()) if since else 0.0

    def _geo_age(self) -> float | None:
        try:
            written = Path(self._geo_path or "").stat().st_mtime if self._geo_path else None
        except OSError:
            return None
        return None if written is None else self._clock.now().timestamp() - written


def _gauge(name: str, documentation: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation)
    if value is not None:
        family.add_metric((), value)
    return family
