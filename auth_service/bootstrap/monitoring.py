"""Wires what is known of the running service: metrics, and whether the database can be used."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from auth_service.bootstrap.preparation import Preparation
from auth_service.clock import Clock
from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.monitoring.active_sessions import ActiveSessions
from auth_service.monitoring.exposition import Exposition, OnDemandGauges
from auth_service.monitoring.metrics import Metrics, NullMetrics
from auth_service.monitoring.prometheus import PrometheusMetrics
from auth_service.monitoring.readiness import Readiness
from auth_service.settings.geo import GeoSettings
from auth_service.settings.service import MetricsSettings


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The objects of the room `monitoring`."""

    readiness: Readiness
    exposition: Exposition


def build_metrics(settings: MetricsSettings, registry: CollectorRegistry) -> Metrics:
    """The metrics, counted in `registry` where anybody may read them."""
    return PrometheusMetrics(registry) if settings.enabled else NullMetrics()


def build_monitoring(
    settings: GeoSettings, *, clock: Clock, registry: CollectorRegistry, metrics: Metrics, preparation: Preparation
) -> Monitoring:
    """Readiness is reached by `preparation`."""
    readiness = Readiness(prepare=preparation.run, ping=connection.ping, circuit=circuit, metrics=metrics)
    on_demand = OnDemandGauges(
        clock=clock,
        readiness=readiness,
        active_sessions=ActiveSessions(clock=clock),
        geo_path=settings.db_file_path,
    )
    return Monitoring(readiness=readiness, exposition=Exposition(counted=registry, on_demand=on_demand))
