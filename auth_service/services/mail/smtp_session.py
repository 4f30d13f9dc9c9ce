"""One conversation with an SMTP server (RFC 5321), step by step. Nothing is said in clear that belongs under TLS.

What the server says is repeated nowhere: it may quote the address or the mail. Of its answers only the codes count.
"""

import smtplib
import socket
import ssl
from contextlib import suppress

from auth_service.outbound.deadlines import CuttableSockets
from auth_service.settings.mail_url import PLAIN, MailURL

OVER_TLS = "smtps"


class Rejection(Exception):
    """The server answered a command with another code than that of success; -1 is no code at all."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Insufficient(Exception):
    """The server lacks what the conversation needs; the text says what."""


class SMTPSession:
    """A conversation with the server of `url`; `step` says how far it came, for whoever reports a failure.

    Every method raises `Rejection`, `Insufficient`, `OSError` or `smtplib.SMTPException`.
    """

    def __init__(self, url: MailURL, *, tls: ssl.SSLContext, timeout: float) -> None:
        self.step = "connection"
        self._url, self._tls, self._timeout = url, tls, timeout
        self._client: _Client | None = None

    def open(self, sockets: CuttableSockets) -> None:
        """Connect, verify the server's certificate, log in; the connection is one of `sockets` from then on."""
        url = self._url
        connected = socket.create_connection((url.host, url.port), self._timeout)
        self._client = client = _Client(connected, sockets, host=url.host, timeout=self._timeout)
        if url.scheme == OVER_TLS:
            self.step = "TLS"
            client.sock = self._tls.wrap_socket(connected, server_hostname=url.host)
        self.step = "greeting"
        _require(client.getreply(), 220)
        self.step = "EHLO"
        _require(client.ehlo(), 250)
        if url.scheme not in (OVER_TLS, PLAIN):
            self._start_tls(client)
        if url.user and url.password:
            self._log_in(client, url.user, url.password)

    def _start_tls(self, client: "_Client") -> None:
        self.step = "STARTTLS"
        if not client.has_extn("starttls"):
            raise Insufficient("the server does not offer it")
        try:
            answer = client.starttls(context=self._tls)
        except smtplib.SMTPResponseException as error:
            raise Rejection(error.smtp_code) from None
        _require(answer, 220)
        self.step = "EHLO"
        _require(client.ehlo(), 250)  # what was offered in clear does not count

    def _log_in(self, client: "_Client", user: str, password: str) -> None:
        self.step = "AUTH"
        if self._url.scheme == PLAIN and not self._url.is_loopback:
            raise Insufficient("no password is sent without TLS")
        if not (user.isascii() and password.isascii()):
            raise Insufficient("user and password must be ASCII")
        try:
            client.login(user, password)
        except smtplib.SMTPResponseException as error:
            raise Rejection(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Insufficient("the server does not offer it") from None

    def takes_international_addresses(self) -> bool:
        """Whether the server knows SMTPUTF8 (RFC 6531)."""
        return self._opened().has_extn("smtputf8")

    def hand_over(self, message: bytes, *, sender: str, recipient: str, options: tuple[str, ...]) -> None:
        """Hand over a message. After an exception at the step `DATA` nobody knows whether the server took it."""
        client = self._opened()
        self.step = "MAIL FROM"
        _require(client.mail(sender, options), 250)
        self.step = "RCPT TO"
        _require(client.rcpt(recipient), 250, 251)
        self.step = "DATA"
        try:
            answer = client.data(message)
        except smtplib.SMTPDataError as error:
            raise Rejection(error.smtp_code) from None
        _require(answer, 250)

    def ask(self) -> None:
        """Ask whether the server still answers."""
        self.step = "NOOP"
        _require(self._opened().noop(), 250)

    def close(self) -> None:
        """Say goodbye without waiting for the answer: what was handed over is handed over."""
        if self._client:
            with suppress(OSError, smtplib.SMTPException):
                self._client.putcmd("QUIT")
            self._client.close()

    def _opened(self) -> "_Client":
        if self._client is None:
            raise smtplib.SMTPServerDisconnected
        return self._client


class _Client(smtplib.SMTP):
    """A client on a connection that exists. `sockets` has a copy of it, which no handshake of TLS replaces."""

    def __init__(self, connected: socket.socket, sockets: CuttableSockets, *, host: str, timeout: float) -> None:
        self._connected, self._copy = connected, connected.dup()
        sockets.register(self._copy)
        super().__init__(host, timeout=timeout)

    def connect(self, host: str = "localhost", port: int = 0, source_address: object = None) -> tuple[int, bytes]:
        """Take the connection that exists; the greeting is read later. `host` is verified against the certificate."""
        self.sock = self._connected
        return 220, b""

    def close(self) -> None:
        """Close it and the copy."""
        super().close()
        self._copy.close()


def _require(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise Rejection(answer[0])
