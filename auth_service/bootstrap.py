"""The composition root: which real object fills which role."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from auth_service import database
from auth_service.circuit import circuit
from auth_service.config import Settings
from auth_service.services.account_changes import AccountChanges
from auth_service.services.accounts import Accounts
from auth_service.services.audit import Audit
from auth_service.services.breaches import open_breaches
from auth_service.services.clock import Clock, SystemClock
from auth_service.services.endings import Endings
from auth_service.services.hashing_queue import HashingQueue
from auth_service.services.login_throttle import LoginThrottle, NullLoginThrottle
from auth_service.services.logins import Logins
from auth_service.services.password_changes import PasswordChanges
from auth_service.services.password_policy import PasswordPolicy
from auth_service.services.passwords import Passwords
from auth_service.services.places import open_places
from auth_service.services.readiness import Readiness
from auth_service.services.replays import Replays
from auth_service.services.rotation import Rotation
from auth_service.services.seeding import Seeding
from auth_service.services.session_lists import SessionLists
from auth_service.services.sessions import Sessions
from auth_service.services.signing_secrets import SigningSecrets
from auth_service.settings_groups import AdminSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """All services of one application."""

    clock: Clock
    audit: Audit
    accounts: Accounts
    account_changes: AccountChanges
    password_changes: PasswordChanges
    logins: Logins
    sessions: Sessions
    session_lists: SessionLists
    endings: Endings
    replays: Replays
    rotation: Rotation
    seeding: Seeding
    readiness: Readiness


def build_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Connect to the database and wire the services; nothing is sent yet."""
    database.connect(settings.database)
    clock = clock or SystemClock()
    queue = HashingQueue(
        concurrency=settings.passwords.bcrypt_concurrency,
        wait=settings.passwords.bcrypt_wait.total_seconds(),
        threads=settings.service.threads,
    )
    passwords = Passwords(rounds=settings.passwords.bcrypt_rounds, queue=queue)
    throttle = LoginThrottle(clock=clock) if settings.rate_limits.login_delay else NullLoginThrottle(clock=clock)
    policy = PasswordPolicy(
        min_length=settings.passwords.min_length,
        service_name=settings.service.name,
        breaches=open_breaches(check=settings.passwords.breach_check, url=settings.passwords.breach_url),
    )
    audit = Audit(clock=clock, retention=timedelta(days=settings.audit.days))
    endings = Endings(clock=clock, audit=audit, history=timedelta(days=settings.sessions.history_days))
    places = open_places(settings.geo.db_file_path)
    sessions = Sessions(clock=clock, places=places, endings=endings, settings=settings.sessions)
    replays = Replays(
        clock=clock,
        sessions=sessions,
        endings=endings,
        audit=audit,
        window=settings.tokens.race_window,
        grace=settings.tokens.grace,
    )
    rotation = Rotation(
        clock=clock,
        sessions=sessions,
        replays=replays,
        audit=audit,
        lifetime=settings.tokens.refresh_lifetime,
        key=settings.tokens.refresh_secret.encode(),
    )
    accounts = Accounts(clock=clock, policy=policy, passwords=passwords, audit=audit)
    seeding = Seeding(accounts=accounts)
    signing_secrets = SigningSecrets(clock=clock, settings=settings.tokens)
    return Services(
        clock=clock,
        audit=audit,
        accounts=accounts,
        account_changes=AccountChanges(clock=clock, sessions=sessions, audit=audit),
        password_changes=PasswordChanges(
            clock=clock,
            policy=policy,
            passwords=passwords,
            sessions=sessions,
            endings=endings,
            rotation=rotation,
            throttle=throttle,
            audit=audit,
        ),
        logins=Logins(
            passwords=passwords,
            throttle=throttle,
            sessions=sessions,
            rotation=rotation,
            replays=replays,
            audit=audit,
        ),
        sessions=sessions,
        session_lists=SessionLists(clock=clock, accounts=accounts, endings=endings, audit=audit),
        endings=endings,
        replays=replays,
        rotation=rotation,
        seeding=seeding,
        readiness=Readiness(
            prepare=lambda: _prepare(seeding, signing_secrets, settings.admin), ping=database.ping, circuit=circuit
        ),
    )


def _prepare(seeding: Seeding, signing_secrets: SigningSecrets, admin: AdminSettings) -> None:
    database.require_transactions()
    database.ensure_indexes()
    signing_secrets.record()
    if admin.seed_on_start and admin.email and admin.password:
        seeded = seeding.seed_admin(email=admin.email, password=admin.password)
        if not seeded.is_admin:
            log.warning("ADMIN_EMAIL belongs to a plain user, who was not promoted: use `flask users role`")
