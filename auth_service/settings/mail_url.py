"""Reads `MAIL_URL`: an SMTP server, with TLS, or a folder.

A parser raises `ValueError` with the end of a sentence that begins with the variable's name, and quotes no value.
"""

import ipaddress
import re
from dataclasses import dataclass, field
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from auth_service.settings.addresses import is_host

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}  # RFC 6409, RFC 8314, RFC 5321
PLAIN = "smtp+plain"
FORMS = "must be smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465 or file:FOLDER"
LONGEST_MAILBOX = 254  # characters
ADDRESS = re.compile(r"[!-~]+@[!-~]+")
NO_MAILBOX = "must be an address such as Example <no-reply@example.com>"


@dataclass(frozen=True, slots=True)
class MailURL:
    """Where mail goes: `scheme` is `smtp` (STARTTLS), `smtps`, `smtp+plain` (no TLS) or `file`, with a folder."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    path: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"file:{self.path}" if self.scheme == "file" else f"{self.scheme}://{self.host}:{self.port}"


def parse_mail_url(value: str) -> MailURL:
    """The parts of a `MAIL_URL`. User and password are percent-encoded."""
    if value.startswith("file:"):
        path = value.removeprefix("file:")
        if not path or path.startswith("//") or "\0" in path:
            raise ValueError("must name a folder after file:, such as file:instance/mails")
        return MailURL(scheme="file", path=path)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(FORMS) from None
    rest = parts.path.strip("/") + parts.query + parts.fragment
    if parts.scheme not in PORTS or rest or port == 0 or not is_host(parts.hostname or ""):
        raise ValueError(FORMS)
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must have a user and a password, or neither")
    return MailURL(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def mailbox(value: str) -> str:
    """A mailbox, `NAME <LOCAL@DOMAIN>` or `LOCAL@DOMAIN` (RFC 5322 section 3.4)."""
    if not value.isprintable() or len(value) > LONGEST_MAILBOX:
        raise ValueError(NO_MAILBOX)
    header = SMTP.header_factory("From", value)
    found = header.addresses
    if header.defects or len(found) != 1 or not (ADDRESS.fullmatch(found[0].addr_spec) and is_host(found[0].domain)):
        raise ValueError(NO_MAILBOX)
    return str(found[0])
