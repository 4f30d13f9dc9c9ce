"""`mail …`: the state of the queue, dead mails, a test mail, and a process that sends mail and does nothing else."""

import signal
import time

import click
from bson import ObjectId
from flask.cli import AppGroup

from auth_service.bootstrap.mail import open_transport
from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations
from auth_service.monitoring.mail_backlog import COUNTED, Backlog, backlog
from auth_service.services.accounts.email_addresses import canonical
from auth_service.services.mail.operation.trial import send_trial
from auth_service.services.mail.queue import LEASE
from auth_service.services.mail.transport import MailFailure, Transport
from auth_service.web.context import services, settings

LOOK = 0.5  # seconds between two looks whether a signal came

mail = AppGroup("mail", help="See, retry, test and send mail.")


@mail.command("status")
@clear_errors()
def status() -> None:
    """Print how many mails wait and are dead, who sends them and by which server, and whether it answers."""
    transport, found, ours = _transport(), backlog(), settings().mail
    for name, value in {
        "waiting": _waiting(found),
        "dead": _number(found.dead),
        "server": str(ours.url),
        "answers": _answer(transport),
        "sender": ours.sender,
        "sent by": "each worker process" if ours.workers else "`mail run`, for MAIL_WORKERS is false",
    }.items():
        click.echo(f"{name:8} {value}")


@mail.command("dead")
@clear_errors()
def dead() -> None:
    """Print the mails that could not be sent: id, when, kind, address, reason."""
    for each in operations().dead_mails.all():
        address = each.to or "its user is gone"
        click.echo(f"{each.mail_id}  {each.died_at:%Y-%m-%d %H:%M}  {each.kind}  {address}  {_printable(each.error)}")


@mail.command("retry")
@click.argument("mail_id", required=False, metavar="[ID]", callback=lambda ctx, param, value: _id(value))
@click.option("--all", "everything", is_flag=True, help="Retry all dead mails.")
@clear_errors()
def retry(mail_id: ObjectId | None, everything: bool) -> None:
    """Queue the dead mail ID again, or with --all each of them. One whose code has expired is dropped."""
    if (mail_id is not None) == everything:
        raise click.UsageError("Say either the id of a dead mail, or --all.")
    _transport()
    count = operations().dead_mails.retry(mail_id)
    if not count and not everything:
        raise click.ClickException(f"No dead mail has the id {mail_id}.")
    click.echo(f"{count} {'mail waits' if count == 1 else 'mails wait'} again")


@mail.command("test")
@click.argument("address")
@clear_errors()
def trial(address: str) -> None:
    """Send a test mail to ADDRESS, now and past the queue, and say whether the server took it."""
    transport, ours = _transport(), settings().mail
    to = canonical(address)
    try:
        send_trial(transport, to=to, sender=ours.sender or "", service_name=settings().service.name)
    except MailFailure as failure:
        raise click.ClickException(f"{ours.url} did not take it: {_printable(str(failure))}") from None
    click.echo(f"{ours.url} took a mail to {to}; look whether it arrived, and not as spam")


@mail.command("run")
def run() -> None:
    """Send mail until SIGTERM, in place of the workers: for MAIL_WORKERS=false."""
    _transport()
    worker, signals = services().mail_worker, list[int]()
    assert worker is not None, "there is a transport"
    click.echo(f"sending mail by {settings().mail.url} until SIGTERM")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, frame: signals.append(received))
    services().readiness.await_first_try(5)
    worker.start(lambda: bool(signals))
    while not signals:
        services().readiness.start()  # finds out whether a database that was away is back
        time.sleep(LOOK)
    worker.finish(within=LEASE.total_seconds())


def _transport() -> Transport:
    """What hands mail over.

    Raises:
        click.ClickException: the service sends none.
    """
    transport = open_transport(settings().mail)
    if transport is None:
        raise click.ClickException("The service sends no mail: set MAIL_URL and MAIL_FROM.")
    return transport


def _answer(transport: Transport) -> str:
    try:
        transport.check()
    except MailFailure as failure:
        return f"no: {_printable(str(failure))}"
    return "yes"


def _waiting(found: Backlog) -> str:
    if found.oldest is None:
        return "0"
    return f"{_number(found.waiting)}, the oldest since {found.oldest:%Y-%m-%d %H:%M} UTC"


def _number(count: int) -> str:
    return f"{count:,} or more" if count >= COUNTED else f"{count:,}"


def _printable(text: str) -> str:
    """`text`, which a server may have chosen, without what could steer a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _id(text: str | None) -> ObjectId | None:
    """`text` as an id.

    Raises:
        click.BadParameter: it is none.
    """
    if text is None:
        return None
    if not ObjectId.is_valid(text):
        raise click.BadParameter("is not the id of a mail")
    return ObjectId(text)
