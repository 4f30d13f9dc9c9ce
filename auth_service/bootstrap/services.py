"""The composition root: which real object fills which role, room by room."""

from dataclasses import dataclass, fields
from typing import Any

from prometheus_client import CollectorRegistry

from auth_service.bootstrap.accounts import build_accounts
from auth_service.bootstrap.core import build_core
from auth_service.bootstrap.factors import build_factors
from auth_service.bootstrap.geo import Geo, build_geo
from auth_service.bootstrap.login import build_login
from auth_service.bootstrap.mail import build_mail_worker
from auth_service.bootstrap.monitoring import build_metrics, build_monitoring
from auth_service.bootstrap.preparation import build_preparation
from auth_service.clock import Clock, SystemClock
from auth_service.database import connection
from auth_service.database.migrations import Migrations
from auth_service.monitoring.exposition import Exposition
from auth_service.monitoring.figures import Figures
from auth_service.monitoring.metrics import Metrics
from auth_service.monitoring.readiness import Readiness
from auth_service.services.accounts.api_keys import APIKeys
from auth_service.services.accounts.creation import Creation
from auth_service.services.accounts.deletion import Deletion
from auth_service.services.accounts.directory import Directory
from auth_service.services.accounts.email.change import EmailChanges
from auth_service.services.accounts.email.verification import EmailVerification
from auth_service.services.accounts.export import Exports
from auth_service.services.accounts.invitations import Invitations
from auth_service.services.accounts.password.change import PasswordChanges
from auth_service.services.accounts.password.reset import PasswordResets
from auth_service.services.accounts.registration import Registration
from auth_service.services.accounts.roles import Roles
from auth_service.services.accounts.security import AccountSecurity
from auth_service.services.accounts.seeding import Seeding
from auth_service.services.accounts.suspension import Suspension
from auth_service.services.accounts.verified_registration import VerifiedRegistration
from auth_service.services.audit.refusals import Refusals
from auth_service.services.audit.trail import Audit
from auth_service.services.factors.app_enrolment import AppEnrolment
from auth_service.services.factors.keeping import FactorKeeping
from auth_service.services.factors.passkey_enrolment import PasskeyEnrolment
from auth_service.services.factors.requirement import Requirement
from auth_service.services.imports.tokens import ImportedTokens
from auth_service.services.login.confirmation import Confirmation
from auth_service.services.login.logins import Logins
from auth_service.services.login.logout import Logout
from auth_service.services.mail.queue import MailQueue
from auth_service.services.mail.worker import MailWorker
from auth_service.services.protection.rate_limits import RateLimits
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.sessions.freshness import Freshness
from auth_service.services.sessions.lists import SessionLists
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.rotation import Rotation
from auth_service.services.tokens.signing_keys import SigningKeys
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What views and commands can call."""

    clock: Clock
    audit: Audit
    creation: Creation
    refusals: Refusals
    registration: Registration
    verified_registration: VerifiedRegistration
    invitations: Invitations
    directory: Directory
    roles: Roles
    deletion: Deletion
    suspension: Suspension
    api_keys: APIKeys
    exports: Exports
    password_changes: PasswordChanges
    account_security: AccountSecurity
    password_resets: PasswordResets
    email_verification: EmailVerification
    email_changes: EmailChanges
    seeding: Seeding
    logins: Logins
    logout: Logout
    confirmation: Confirmation
    signing_keys: SigningKeys | None
    requirement: Requirement
    app_enrolment: AppEnrolment
    passkey_enrolment: PasskeyEnrolment
    factor_keeping: FactorKeeping
    codec: TokenCodec
    rotation: Rotation
    imported_tokens: ImportedTokens
    session_access: SessionAccess
    session_lists: SessionLists
    freshness: Freshness
    ending: SessionEnding
    rate_limits: RateLimits
    mails: MailQueue
    mail_worker: MailWorker | None
    geo: Geo
    migrations: Migrations
    readiness: Readiness
    metrics: Metrics
    exposition: Exposition
    figures: Figures


def build_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Set up the client of the database and wire the services; no command is sent yet."""
    connection.connect(settings.database)
    clock, registry = clock or SystemClock(), CollectorRegistry()
    metrics = build_metrics(settings, registry)
    geo = build_geo(settings.geo, clock=clock)
    core = build_core(settings, clock=clock, metrics=metrics, places=geo.places)
    factors = build_factors(settings, core)
    accounts, login = build_accounts(settings, core), build_login(core, factors, metrics=metrics)
    ids = core.tokens.keys.ids if core.tokens.keys else []
    prepared = build_preparation(settings, clock=clock, seeding=accounts.seeding, key_ids=ids)
    monitoring = build_monitoring(settings, clock=clock, registry=registry, metrics=metrics, preparation=prepared)
    return Services(
        **_objects(accounts),
        **_objects(login),
        clock=clock,
        audit=core.audit,
        refusals=core.refusals,
        signing_keys=core.tokens.keys,
        requirement=factors.requirement,
        app_enrolment=factors.app_enrolment,
        passkey_enrolment=factors.passkey_enrolment,
        factor_keeping=factors.keeping,
        codec=core.tokens.codec,
        rotation=core.tokens.rotation,
        imported_tokens=core.tokens.imported,
        session_access=core.sessions.access,
        session_lists=core.sessions.lists,
        freshness=core.freshness,
        ending=core.sessions.ending,
        rate_limits=core.protection.rate_limits,
        mails=core.mails,
        mail_worker=build_mail_worker(settings, core, accounts, metrics=metrics),
        geo=geo,
        migrations=prepared.migrations,
        readiness=monitoring.readiness,
        metrics=metrics,
        exposition=monitoring.exposition,
        figures=monitoring.figures,
    )


def _objects(group: Any) -> dict[str, Any]:
    """The objects of a group, by their names."""
    return {each.name: getattr(group, each.name) for each in fields(group)}
