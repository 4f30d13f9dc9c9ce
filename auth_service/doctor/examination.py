"""Runs every check of the doctor, in the order of its report. Nothing is written to the database."""

from collections.abc import Callable, Sequence

from auth_service.clock import Clock
from auth_service.database.migrations import Migrations
from auth_service.doctor import geo_file, mail, signing_keys
from auth_service.doctor.configuration import (
    confirmation,
    cookie,
    durations,
    names,
    origins,
    passkeys,
    refresh_grace,
    secrets,
)
from auth_service.doctor.database import (
    client_address,
    clock_skew,
    data_key,
    import_secret,
    indexes,
    pending_migrations,
    previous_secret,
    reachability,
    replica_set,
    ttl_monitor,
)
from auth_service.doctor.findings import Finding
from auth_service.services.mail.transport import Transport
from auth_service.settings.settings import Settings


def examine(
    settings: Settings, *, clock: Clock, unread: Sequence[str], transport: Transport | None, text_faults: Sequence[str]
) -> list[Finding]:
    """The findings of all checks; those of the database are one problem where it does not answer.

    Args:
        settings: those of the service.
        clock: its time.
        unread: a sentence for each variable that looks like a setting and is none.
        transport: what hands its mail over, if anything does.
        text_faults: a sentence for each text of a mail that cannot be made.
    """
    return [
        *names.examine(unread),
        *examine_configuration(settings),
        *_examine_database(settings, clock),
        *mail.examine(settings, transport=transport, text_faults=text_faults),
        *geo_file.examine(settings.geo, now=clock.now()),
    ]


def examine_configuration(settings: Settings) -> list[Finding]:
    """The findings of the checks that need the settings alone."""
    return [
        *secrets.examine(settings),
        *cookie.examine(settings),
        *origins.examine(settings),
        *durations.examine(settings),
        *refresh_grace.examine(settings.tokens, browsers=settings.service.pages or bool(settings.cors.origins)),
        *passkeys.examine(settings),
        *confirmation.examine(settings.confirmation),
        *signing_keys.examine_file(settings.tokens),
    ]


def _examine_database(settings: Settings, clock: Clock) -> list[Finding]:
    checks: dict[str, Callable[[], list[Finding]]] = {
        replica_set.CHECK: lambda: replica_set.examine(development=settings.service.development),
        clock_skew.CHECK: lambda: clock_skew.examine(clock),
        ttl_monitor.CHECK: ttl_monitor.examine,
        indexes.CHECK: indexes.examine,
        pending_migrations.CHECK: lambda: pending_migrations.examine(
            Migrations(clock=clock, url=settings.database.url)
        ),
        import_secret.CHECK: lambda: import_secret.examine(settings.imports, now=clock.now()),
        previous_secret.CHECK: lambda: previous_secret.examine(settings.tokens, now=clock.now()),
        data_key.CHECK: lambda: data_key.examine(settings),
        signing_keys.CHECK: lambda: signing_keys.examine(settings.tokens, now=clock.now()),
        mail.QUEUE: lambda: mail.examine_queue(settings, now=clock.now()),
        client_address.CHECK: lambda: client_address.examine(settings.service),
    }
    if unreachable := reachability.examine():
        return unreachable
    return [finding for check, examine in checks.items() for finding in reachability.examined(check, examine)]
