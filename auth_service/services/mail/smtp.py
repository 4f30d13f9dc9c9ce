"""Hands mail over to an SMTP server, and decides what a failure says: about this mail, or about the server and us."""

import os
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from auth_service.outbound.deadlines import CuttableSockets, bounded
from auth_service.outbound.failures import OutboundFailed
from auth_service.services.mail.smtp_session import Insufficient, Rejection, SMTPSession
from auth_service.services.mail.transport import Deferred, MailFailure, Refused, Unreachable
from auth_service.settings.mail_url import MailURL

ABOUT_THE_MAIL = {"RCPT TO", "DATA"}  # the steps whose refusals concern one mail; with SMTPUTF8 also MAIL FROM
NOT_LOGGED_IN = 530  # RFC 4954 section 6: the answer to any command


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for an answer, or a part of it, and for a mail in total, from looking up the name on."""

    command: float = 10
    total: float = 60


class SMTP:
    """The server of `url`. Each mail has a connection of its own.

    The certificate is verified by the authorities of the machine, or those of `SSL_CERT_FILE`.
    """

    def __init__(self, url: MailURL, *, limits: Limits | None = None) -> None:
        self._url = url
        self._limits = limits or Limits()
        self._tls = ssl.create_default_context()

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand `message` over.

        Raises:
            Refused: the server refuses this mail for good (5xx), or cannot deliver to such an address.
            Deferred: the server does not take this mail now (4xx), or it is not known whether it took it.
            Unreachable: no server that can be trusted takes mail from us.
        """
        is_international = not recipient.isascii()
        written = message.as_bytes(policy=policy.SMTPUTF8 if is_international else policy.SMTP)
        options = ("SMTPUTF8",) if is_international else ()

        def hand_over(session: SMTPSession) -> None:
            if is_international and not session.takes_international_addresses():
                raise Refused("the server does not know SMTPUTF8, which the address needs")
            session.hand_over(written, sender=sender, recipient=recipient, options=options)

        self._converse(hand_over, is_international=is_international)

    def check(self) -> None:
        """Connect, verify the certificate, log in and ask whether mail would be taken; nothing is sent.

        Raises:
            Unreachable: it would not.
        """
        self._converse(SMTPSession.ask)

    def _converse(self, say: Callable[[SMTPSession], None], *, is_international: bool = False) -> None:
        session = SMTPSession(self._url, tls=self._tls, timeout=self._limits.command)

        def work(sockets: CuttableSockets) -> None:
            try:
                session.open(sockets)
                say(session)
            finally:
                session.close()

        try:
            bounded(work, seconds=self._limits.total, name="smtp")
        except MailFailure:
            raise
        except (Rejection, Insufficient, OutboundFailed, OSError, smtplib.SMTPException) as error:
            steps = ABOUT_THE_MAIL | ({"MAIL FROM"} if is_international else set())
            raise self._failure(session.step, error, is_about_the_mail=session.step in steps) from None

    def _failure(self, step: str, error: Exception, *, is_about_the_mail: bool) -> MailFailure:
        code = error.code if isinstance(error, Rejection) else 0
        if not is_about_the_mail or code == NOT_LOGGED_IN:
            return Unreachable(f"{self._url}, {step}: {_words(error)}")
        return (Refused if 500 <= code <= 599 else Deferred)(f"{step}: {_words(error)}")


def _words(error: Exception) -> str:
    """What happened, without a word of the server's."""
    match error:
        case Rejection(code=code):
            return f"answered with {code}" if 100 <= code <= 999 else "the answer is not SMTP"
        case Insufficient():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"the certificate is not accepted ({error.verify_message})"
        case ssl.SSLError():
            return "the TLS connection failed"
        case socket.gaierror():
            return "the name of the host cannot be looked up"
        case OutboundFailed() | TimeoutError():
            return "no answer in time"
        case smtplib.SMTPServerDisconnected(__context__=OSError() as cause):  # smtplib words the cause, and keeps it
            return _words(cause)
        case smtplib.SMTPException():
            return "the connection was closed, or the answer is not SMTP"
        case OSError(errno=int(number)):
            return os.strerror(number)
    return "the connection broke"
