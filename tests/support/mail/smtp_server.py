"""A real SMTP server on 127.0.0.1, by aiosmtpd, with TLS, accounts and answers as a test wants them."""

import asyncio
import email
import ssl
from collections import defaultdict
from email import policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from auth_service.development.mongod import free_port

USER, PASSWORD = "service", "canary-of-the-smtp-password"


class SMTPServer:
    """Takes mail into `received`; a context manager that can be entered again, on the same port.

    `certificate`: a file with certificate and key, for STARTTLS, or for TLS from the start with `smtps`. `refusals` has
    what it answers instead, a list for each of MAIL, RCPT and DATA. `heard` has the commands, and whether TLS was on.
    It takes `seconds` for a mail.
    """

    def __init__(self, certificate=None, *, smtps=False, auth=False, smtputf8=True, seconds=0):
        self.port = free_port()
        self.received, self.heard, self.recipients = [], [], []
        self.refusals = defaultdict(list)
        self._smtps, self._seconds = smtps, seconds
        tls = _context(certificate) if certificate else None
        self._options = {
            "ssl_context" if smtps else "tls_context": tls,
            "enable_SMTPUTF8": smtputf8,
            **({"authenticator": self._authenticate, "auth_require_tls": False} if auth else {}),
        }

    def url(self, credentials=""):
        return f"{self.scheme}://{credentials and credentials + '@'}127.0.0.1:{self.port}"

    @property
    def scheme(self):
        if self._smtps:
            return "smtps"
        return "smtp" if self._options["tls_context"] else "smtp+plain"

    def __enter__(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options)
        self._controller.start()
        return self

    def __exit__(self, *details):
        self._controller.stop()

    def messages(self):
        """What was received; no property, for aiosmtpd reads every attribute at each connection."""
        return [email.message_from_bytes(each, policy=policy.default) for each in self.received]

    def _authenticate(self, server, session, envelope, mechanism, data):
        self._hear("AUTH", session)
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    def _hear(self, command, session):
        self.heard.append((command, self._smtps or session.ssl is not None))

    def _refusal(self, command):
        return self.refusals[command].pop(0) if self.refusals[command] else None

    async def handle_MAIL(self, server, session, envelope, address, options):
        self._hear("MAIL", session)
        if refusal := self._refusal("MAIL"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self._hear("RCPT", session)
        if refusal := self._refusal("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self._hear("DATA", session)
        await asyncio.sleep(self._seconds)
        if refusal := self._refusal("DATA"):
            return refusal
        self.received.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def _context(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
