"""Wires mail: its queue, and what sends it."""

from collections.abc import Mapping

from auth_service.bootstrap.accounts import Accounts
from auth_service.bootstrap.core import Core
from auth_service.database.circuit import circuit
from auth_service.monitoring.metrics import Metrics
from auth_service.services.mail.delivery import Delivery
from auth_service.services.mail.folder import Folder
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.preparation import Completion, Preparation
from auth_service.services.mail.rendering import Texts
from auth_service.services.mail.transport import Transport
from auth_service.services.mail.worker import MailWorker
from auth_service.settings.mail import MailSettings
from auth_service.settings.mail_url import MailURL
from auth_service.settings.settings import Settings


def build_mail_worker(settings: Settings, core: Core, accounts: Accounts, *, metrics: Metrics) -> MailWorker | None:
    """The worker that sends what is in the queue; `None` where the service sends no mail."""
    transport = open_transport(settings.mail)
    if transport is None or settings.mail.sender is None:
        return None
    delivery = Delivery(
        queue=core.mails,
        preparation=Preparation(
            clock=core.clock, codes=core.codes, audit=core.audit, completions=_completions(accounts)
        ),
        texts=build_texts(settings),
        transport=transport,
        sender=settings.mail.sender,
        metrics=metrics,
        logs_codes=settings.service.development,
    )
    return MailWorker(delivery=delivery, filled=core.mails.filled, is_ready=lambda: not circuit.is_open)


def build_texts(settings: Settings) -> Texts:
    """The texts of mails, those of `MAIL_TEMPLATES` before the service's own."""
    return Texts(service_name=settings.service.name, replacing=settings.mail.templates)


def _completions(accounts: Accounts) -> Mapping[Kind, Completion]:
    """What looks up for which kinds of mail that the request looked nothing up for."""
    return {
        Kind.RESET: accounts.password_resets.complete,
        Kind.EMAIL_CHANGE: accounts.email_changes.complete,
        Kind.REGISTRATION: accounts.verified_registration.complete,
    }


def open_transport(settings: MailSettings) -> Transport | None:
    """What hands mail over; `None` where the service sends none. Nothing is sent yet."""
    if settings.url is None:
        return None
    return Folder(settings.url.path) if settings.url.scheme == "file" else _smtp(settings.url)


def _smtp(url: MailURL) -> Transport:
    """Import the client, 0.7 MiB of memory in each worker, only where it is used."""
    from auth_service.services.mail.smtp import SMTP  # noqa: PLC0415

    return SMTP(url)
