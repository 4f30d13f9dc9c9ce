"""Hands mail over to an SMTP server (RFC 5321), over TLS whose certificate is verified."""

from email.message import EmailMessage

from auth_service.settings.mail_url import MailURL


class SMTP:
    """The server of `url`."""

    def __init__(self, url: MailURL) -> None:
        self._url = url

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand `message` over."""
        raise NotImplementedError

    def check(self) -> None:
        """Return when mail would be taken."""
        raise NotImplementedError
