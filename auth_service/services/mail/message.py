"""Makes the message of a letter (RFC 5322): plain text and HTML, nothing that is loaded from elsewhere."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from auth_service.services.mail.preparation import Letter
from auth_service.services.mail.rendering import Rendered


def message_of(letter: Letter, rendered: Rendered, *, sender: str) -> EmailMessage:
    """The message; every attempt to send the same letter makes the same `Message-ID`."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = letter.to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = rendered.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{letter.mail_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return message
