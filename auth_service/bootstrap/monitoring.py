"""Wires what is known of the running service: metrics, and whether the database can be used."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from auth_service.bootstrap.preparation import Preparation
from auth_service.clock import Clock
from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.monitoring.active_sessions import ActiveSessions
from auth_service.monitoring.exposition import Exposition, OnDemandGauges
from auth_service.monitoring.figures import Figures
from auth_service.monitoring.mail_backlog import backlog
from auth_service.monitoring.metrics import Metrics, NullMetrics
from auth_service.monitoring.prometheus import PrometheusMetrics
from auth_service.monitoring.readiness import Readiness
from auth_service.monitoring.recent import Recent
from auth_service.services.mail.kinds import Kind
from auth_service.settings.settings import Settings

BACKLOG_LIFETIME = 10  # seconds


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The objects of the room `monitoring`."""

    readiness: Readiness
    exposition: Exposition
    figures: Figures


def build_metrics(settings: Settings, registry: CollectorRegistry) -> Metrics:
    """The metrics, counted in `registry` where anybody may read them."""
    if not settings.metrics.enabled:
        return NullMetrics()
    return PrometheusMetrics(registry, mail_kinds=[kind.value for kind in Kind] if settings.mail.enabled else ())


def build_monitoring(
    settings: Settings, *, clock: Clock, registry: CollectorRegistry, metrics: Metrics, preparation: Preparation
) -> Monitoring:
    """Readiness is reached by `preparation`."""
    readiness = Readiness(prepare=preparation.run, ping=connection.ping, circuit=circuit, metrics=metrics)
    active_sessions = ActiveSessions(clock=clock)
    mails = Recent(backlog, lifetime=BACKLOG_LIFETIME) if settings.mail.enabled else None
    on_demand = OnDemandGauges(
        clock=clock,
        readiness=readiness,
        active_sessions=active_sessions,
        backlog=mails,
        geo_path=settings.geo.db_file_path,
    )
    return Monitoring(
        readiness=readiness,
        exposition=Exposition(counted=registry, on_demand=on_demand),
        figures=Figures(active_sessions=active_sessions, backlog=mails),
    )
