"""A mail by which an operator finds out whether mail arrives."""

from email.utils import parseaddr

from bson import ObjectId
from markupsafe import escape

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.message import message_of
from auth_service.services.mail.preparation import Letter
from auth_service.services.mail.rendering import Rendered
from auth_service.services.mail.transport import Transport

TEXT = "Mail from {service} arrives at this address. Somebody who operates it asked for this test."


def send_trial(transport: Transport, *, to: str, sender: str, service_name: str) -> None:
    """Hand a test mail for the canonical address `to` over, now and past the queue.

    Raises:
        MailFailure: it was not taken.
    """
    text = TEXT.format(service=service_name)
    letter = Letter(mail_id=str(ObjectId()), kind=Kind.VERIFICATION, language="en", to=to, values={})
    rendered = Rendered(subject=f"Test mail from {service_name}", text=f"{text}\n", html=f"<p>{escape(text)}</p>\n")
    transport.send(message_of(letter, rendered, sender=sender), sender=parseaddr(sender)[1], recipient=to)
