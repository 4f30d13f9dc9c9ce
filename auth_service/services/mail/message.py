"""Makes the message of a letter (RFC 5322): plain text and HTML, nothing that is loaded from elsewhere."""

from datetime import datetime, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from auth_service.services.mail.preparation import Letter
from auth_service.services.mail.rendering import Rendered


def message_of(letter: Letter, rendered: Rendered, *, sender: str) -> EmailMessage:
    """The message; every attempt to send the same letter makes the same `Message-ID`.

    Raises:
        ValueError: a field has a control character, or the recipient is no address.
    """
    if not all(each.isprintable() for each in (sender, letter.to, rendered.subject)):
        raise ValueError
    message = EmailMessage(policy=SMTP)
    local, _, domain = letter.to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(datetime.now(timezone.utc))
    message["Message-ID"] = f"<{letter.mail_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language  # last: content takes the headers about it along
    return message
