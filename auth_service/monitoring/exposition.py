"""Everything Prometheus reads in one text: what was counted, and what is looked up when somebody asks."""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from auth_service.clock import Clock
from auth_service.monitoring import worker_files
from auth_service.monitoring.live_sessions import LiveSessions
from auth_service.monitoring.readiness import Readiness

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exposition:
    """The text for a scrape, of all workers where there are several."""

    def __init__(self, *, counted: CollectorRegistry, asked: Collector) -> None:
        self._counted = counted
        self._asked = asked

    def text(self) -> bytes:
        """The text format of Prometheus, version 0.0.4."""
        return generate_latest(self._all())

    def _all(self) -> CollectorRegistry:
        registry = CollectorRegistry(auto_describe=False)
        folder = worker_files.folder()
        if folder is None:
            registry.register(_Forwarding(self._counted))
        else:
            MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
        registry.register(self._asked)
        return registry


class _Forwarding(Collector):
    """Tells what another registry holds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        """All of it."""
        return self._registry.collect()


class Asked(Collector):
    """The live sessions, as the database has them, and the age of the city database. What is not known has no value."""

    def __init__(
        self, *, clock: Clock, readiness: Readiness, live_sessions: LiveSessions, geo_path: str | None
    ) -> None:
        self._clock = clock
        self._readiness = readiness
        self._live_sessions = live_sessions
        self._geo_path = geo_path

    def collect(self) -> Iterable[Metric]:
        """Both gauges."""
        live = self._live_sessions.number() if self._readiness.ready else None
        yield _gauge("auth_service_live_sessions", "Sessions that live, counted or estimated", live)
        yield _gauge("auth_service_geo_file_age_seconds", "Time since the city database was written", self._geo_age())

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
