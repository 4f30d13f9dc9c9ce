"""Checks that mail would be sent: the settings fit, the server takes mail, the texts can be made, and none piles up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from auth_service.doctor.findings import Finding, ok, problem, warning, warnings
from auth_service.monitoring.mail_backlog import backlog
from auth_service.services.mail.transport import MailFailure, Transport
from auth_service.settings.accounts import OPEN
from auth_service.settings.settings import Settings

CHECK, QUEUE = "mail", "mail queue"
TOO_LONG = timedelta(minutes=10)
UNVERIFIED = (
    "anybody can register an address that is not theirs: set REGISTER_VERIFY=true once clients know"
    " that a registration then needs a code"
)


def examine(settings: Settings, *, transport: Transport | None, text_faults: Sequence[str]) -> list[Finding]:
    """The findings about settings, texts and server. `text_faults` has a sentence for each text that cannot be made."""
    if transport is None:
        return _without(settings)
    url, production = settings.mail.url, not settings.service.development
    unverified = settings.registration.mode == OPEN and not settings.registration.verify
    applies = [
        (url is not None and url.scheme == "file" and production, "MAIL_URL is a folder: nobody gets any mail"),
        (unverified and production, UNVERIFIED),
    ]
    unusable = [problem(CHECK, f"a text of MAIL_TEMPLATES cannot be used: {fault}") for fault in text_faults]
    return [
        *unusable,
        *[warning(CHECK, sentence) for does_apply, sentence in applies if does_apply],
        _server(transport, url),
    ]


def examine_queue(settings: Settings, *, now: datetime) -> list[Finding]:
    """The findings about mails that wait or were given up; nothing where the service sends no mail."""
    if not settings.mail.enabled:
        return []
    found = backlog()
    waited = now - found.oldest if found.oldest else timedelta(0)
    sends = "the workers" if settings.mail.workers else "`mail run`, because MAIL_WORKERS is false,"
    late = f"{found.waiting} wait, the oldest since {found.oldest:%Y-%m-%d %H:%M} UTC" if found.oldest else ""
    if waited > TOO_LONG:
        return [problem(QUEUE, f"{late}: {sends} must run and reach the server; the log says why a mail was not sent")]
    dead = f"{found.dead} could not be sent: see `.venv/bin/python -m auth_service mail dead`"
    return warnings(QUEUE, [(found.dead > 0, dead)], otherwise="no mail waits for long, and none was given up")


def _without(settings: Settings) -> list[Finding]:
    """Nothing is sent: sound, unless some of it was set up."""
    half = [
        name
        for name, is_set in {
            "MAIL_FROM": settings.mail.sender,
            "MAIL_TEMPLATES": settings.mail.templates,
            "MAIL_WORKERS": not settings.mail.workers,
        }.items()
        if is_set
    ]
    if half:
        return [warning(CHECK, f"{' and '.join(half)} without MAIL_URL: no mail is sent")]
    return [ok(CHECK, "MAIL_URL is not set: no mail is sent, and what needs mail answers 404")]


def _server(transport: Transport, url: object) -> Finding:
    try:
        transport.check()
    except MailFailure as failure:
        return problem(CHECK, f"{url} takes no mail: {failure}")
    return ok(CHECK, f"{url} takes mail; `.venv/bin/python -m auth_service mail test ADDRESS` shows whether it arrives")
