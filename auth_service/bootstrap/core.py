"""The objects that logins, accounts and views share, from audit to tokens."""

from dataclasses import dataclass
from datetime import timedelta

from auth_service.bootstrap.credentials import Credentials, build_credentials
from auth_service.bootstrap.protection import Protection, build_protection
from auth_service.bootstrap.sessions import Sessions, build_sessions
from auth_service.bootstrap.tokens import Tokens, build_tokens
from auth_service.clock import Clock
from auth_service.geo.places import Places
from auth_service.monitoring.metrics import Metrics
from auth_service.services.accounts.password.own import OwnPassword
from auth_service.services.audit.refusals import Refusals
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.codes import Codes
from auth_service.services.mail.notices import Notices
from auth_service.services.mail.queue import MailQueue, NullMailQueue
from auth_service.services.sessions.freshness import Freshness
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """The rooms that others stand on; `secrets` are those that sign what browsers bring back, the current one first."""

    clock: Clock
    audit: Audit
    refusals: Refusals
    credentials: Credentials
    protection: Protection
    own_password: OwnPassword
    sessions: Sessions
    freshness: Freshness
    tokens: Tokens
    secrets: list[str]
    codes: Codes
    mails: MailQueue
    notices: Notices


def build_core(settings: Settings, *, clock: Clock, metrics: Metrics, places: Places) -> Core:
    """Wire them, from the lowest to the highest."""
    audit = Audit(clock=clock, retention=timedelta(days=settings.audit.days), metrics=metrics)
    secrets = [secret for secret in (settings.tokens.refresh_secret, settings.tokens.previous_secret) if secret]
    mails = MailQueue(clock=clock) if settings.mail.enabled else NullMailQueue(clock=clock)
    notices = Notices(clock=clock, mails=mails, places=places)
    sessions = build_sessions(settings.sessions, clock=clock, audit=audit, places=places)
    credentials = build_credentials(settings, metrics=metrics)
    protection = build_protection(settings.rate_limits, clock=clock)
    return Core(
        clock=clock,
        audit=audit,
        refusals=Refusals(clock=clock, audit=audit),
        credentials=credentials,
        protection=protection,
        own_password=OwnPassword(passwords=credentials.passwords, throttle=protection.throttle, audit=audit),
        sessions=sessions,
        freshness=Freshness(clock=clock, lasts=settings.confirmation.fresh_for),
        tokens=build_tokens(settings, clock=clock, audit=audit, notices=notices, sessions=sessions),
        secrets=secrets,
        codes=Codes(clock=clock, secrets=secrets),
        mails=mails,
        notices=notices,
    )
