"""The composition root: which real object fills which role."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from auth_service.bootstrap.preparation import Preparation
from auth_service.clock import Clock, SystemClock
from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.database.migrations import Migrations
from auth_service.geo.places import CityPlaces, NullPlaces, Places, open_reader
from auth_service.geo.schedule import Schedule
from auth_service.geo.source import open_source
from auth_service.monitoring.exposition import Asked, Exposition
from auth_service.monitoring.live_sessions import LiveSessions
from auth_service.monitoring.metrics import Metrics, NullMetrics
from auth_service.monitoring.prometheus import PrometheusMetrics
from auth_service.monitoring.readiness import Readiness
from auth_service.services.accounts.deletion import Deletion
from auth_service.services.accounts.directory import Directory
from auth_service.services.accounts.password_change import PasswordChanges
from auth_service.services.accounts.registration import Registration
from auth_service.services.accounts.roles import Roles
from auth_service.services.accounts.seeding import Seeding
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.breaches import open_breaches
from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.imports.tokens import ImportedTokens
from auth_service.services.login.logins import Logins
from auth_service.services.login.logout import Logout
from auth_service.services.login.opening import OpeningStep
from auth_service.services.login.password import PasswordStep
from auth_service.services.protection.counters import open_counters
from auth_service.services.protection.login_throttle import LoginThrottle, NullLoginThrottle
from auth_service.services.protection.rate_limits import NullRateLimits, RateLimits
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.sessions.lists import SessionLists
from auth_service.services.sessions.opening import SessionOpening
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.replays import Replays
from auth_service.services.tokens.rotation import Rotation
from auth_service.services.tokens.signing_secrets import SigningSecrets
from auth_service.settings.geo import GeoSettings
from auth_service.settings.protection import RateLimitSettings
from auth_service.settings.settings import Settings

if TYPE_CHECKING:
    from auth_service.geo.updates import Updates


@dataclass(frozen=True, slots=True)
class Services:
    """All services of one application."""

    clock: Clock
    audit: Audit
    registration: Registration
    directory: Directory
    roles: Roles
    deletion: Deletion
    password_changes: PasswordChanges
    logins: Logins
    logout: Logout
    codec: TokenCodec
    session_access: SessionAccess
    session_lists: SessionLists
    ending: SessionEnding
    replays: Replays
    rotation: Rotation
    imported_tokens: ImportedTokens
    seeding: Seeding
    places: Places
    geo_updates: "Updates | None"
    geo_schedule: Schedule
    migrations: Migrations
    readiness: Readiness
    rate_limits: RateLimits
    metrics: Metrics
    exposition: Exposition


def build_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Connect to the database and wire the services; nothing is sent yet."""
    connection.connect(settings.database)
    clock = clock or SystemClock()
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry) if settings.metrics.enabled else NullMetrics()
    passwords, policy = _passwords(settings, metrics), _policy(settings)
    rate_limits = _rate_limits(settings.rate_limits)
    throttle = LoginThrottle(clock=clock) if settings.rate_limits.login_delay else NullLoginThrottle(clock=clock)
    audit = Audit(clock=clock, retention=timedelta(days=settings.audit.days), metrics=metrics)
    ending = SessionEnding(clock=clock, audit=audit, history=timedelta(days=settings.sessions.history_days))
    geo_reader = open_reader(settings.geo.db_file_path)
    places = CityPlaces(geo_reader) if geo_reader else NullPlaces()
    geo_updates = _geo_updates(settings.geo, clock)
    access = SessionAccess(clock=clock, ending=ending, settings=settings.sessions)
    opening = SessionOpening(clock=clock, places=places, ending=ending, settings=settings.sessions)
    codec = TokenCodec(settings=settings.tokens, issuer=settings.service.name, clock=clock)
    replays = Replays(
        clock=clock,
        codec=codec,
        access=access,
        ending=ending,
        audit=audit,
        window=settings.tokens.race_window,
        grace=settings.tokens.grace,
    )
    rotation = Rotation(
        clock=clock,
        codec=codec,
        access=access,
        replays=replays,
        audit=audit,
        lifetime=settings.tokens.refresh_lifetime,
        key=settings.tokens.refresh_secret.encode(),
    )
    registration = Registration(clock=clock, policy=policy, passwords=passwords, audit=audit)
    directory = Directory()
    seeding = Seeding(directory=directory, registration=registration)
    migrations = Migrations(clock=clock, url=settings.database.url)
    preparation = Preparation(
        migrations=migrations,
        seeding=seeding,
        signing_secrets=SigningSecrets(clock=clock, settings=settings.tokens),
        admin=settings.admin,
    )
    readiness = Readiness(prepare=preparation.run, ping=connection.ping, circuit=circuit, metrics=metrics)
    asked = Asked(
        clock=clock,
        readiness=readiness,
        live_sessions=LiveSessions(clock=clock),
        geo_path=settings.geo.db_file_path,
    )
    return Services(
        clock=clock,
        audit=audit,
        registration=registration,
        directory=directory,
        roles=Roles(clock=clock, audit=audit, sessions=settings.sessions),
        deletion=Deletion(clock=clock, audit=audit),
        password_changes=PasswordChanges(
            clock=clock,
            policy=policy,
            passwords=passwords,
            access=access,
            ending=ending,
            rotation=rotation,
            throttle=throttle,
            audit=audit,
        ),
        logins=Logins(
            password=PasswordStep(passwords=passwords, throttle=throttle, rate_limits=rate_limits, audit=audit),
            opening=OpeningStep(opening=opening, rotation=rotation, replays=replays),
            audit=audit,
        ),
        logout=Logout(codec=codec, ending=ending),
        codec=codec,
        session_access=access,
        session_lists=SessionLists(clock=clock, ending=ending, audit=audit),
        ending=ending,
        replays=replays,
        rotation=rotation,
        imported_tokens=ImportedTokens(
            period=timedelta(days=settings.imports.accept_days), secret=settings.imports.secret
        ),
        seeding=seeding,
        places=places,
        geo_updates=geo_updates,
        geo_schedule=Schedule(updates=geo_updates, reader=geo_reader),
        migrations=migrations,
        readiness=readiness,
        rate_limits=rate_limits,
        metrics=metrics,
        exposition=Exposition(counted=registry, asked=asked),
    )


def _passwords(settings: Settings, metrics: Metrics) -> Passwords:
    queue = HashingQueue(
        concurrency=settings.passwords.bcrypt_concurrency,
        wait=settings.passwords.bcrypt_wait.total_seconds(),
        threads=settings.service.threads,
        metrics=metrics,
    )
    return Passwords(rounds=settings.passwords.bcrypt_rounds, queue=queue)


def _rate_limits(settings: RateLimitSettings) -> RateLimits:
    if not settings.enabled:
        return NullRateLimits()
    return RateLimits(storage=open_counters(settings.storage_url), settings=settings)


def _policy(settings: Settings) -> PasswordPolicy:
    return PasswordPolicy(
        min_length=settings.passwords.min_length,
        service_name=settings.service.name,
        breaches=open_breaches(check=settings.passwords.breach_check, url=settings.passwords.breach_url),
    )


def _geo_updates(settings: GeoSettings, clock: Clock) -> "Updates | None":
    """What fetches the geo file, if anything: only then does each worker pay for the HTTP client (5 MiB)."""
    if open_source(settings) is None:
        return None
    from auth_service.geo.updates import open_updates  # noqa: PLC0415

    return open_updates(settings, now=clock.now)
