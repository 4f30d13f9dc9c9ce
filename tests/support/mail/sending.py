"""Sends one mail by the SMTP transport of the service, as a test wants it."""

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.message import message_of
from auth_service.services.mail.preparation import Letter
from auth_service.services.mail.rendering import Texts
from auth_service.services.mail.smtp import SMTP, Limits
from auth_service.services.mail.values import EXAMPLES
from auth_service.settings.mail_url import parse_mail_url

SENDER = "no-reply@example.com"
RECIPIENT = "ada@example.com"
QUICK = Limits(command=0.5, total=2)


def letter(to=RECIPIENT, kind=Kind.RESET, language="en"):
    return Letter(mail_id="6b0452ac1345c694b257f386", kind=kind, language=language, to=to, values=EXAMPLES[kind])


def message(to=RECIPIENT, sender=f"Example <{SENDER}>", **described):
    written = letter(to, **described)
    rendered = Texts(service_name="Example").render(written.kind, written.language, written.values)
    return message_of(written, rendered, sender=sender)


def transport(url, limits=None):
    return SMTP(parse_mail_url(url), limits=limits)


def send(url, to=RECIPIENT, *, limits=None):
    transport(url, limits).send(message(to), sender=SENDER, recipient=to)
