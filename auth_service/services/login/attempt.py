"""What a login presents, and what a successful one results in."""

from dataclasses import dataclass, field

from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.session import EndReason
from auth_service.services.origin.client import Client
from auth_service.services.protection.known_devices import KnownDevice
from auth_service.services.tokens.rotation import Grant


@dataclass(frozen=True, slots=True)
class Browser:
    """Who logs in from where, and what its cookies present: refresh tokens, a known device."""

    client: Client
    refresh_tokens: tuple[str, ...] = field(default=(), repr=False)
    device: KnownDevice | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The e-mail address as typed, the password, and the browser that both come from."""

    email: str
    password: str = field(repr=False)
    browser: Browser


@dataclass(frozen=True, slots=True)
class Login:
    """A successful login: the opened session, its tokens, and the reasons by id of the sessions it ended."""

    user: UserRecord
    session: SessionRecord
    grant: Grant
    ended: dict[str, EndReason]
    device: KnownDevice
