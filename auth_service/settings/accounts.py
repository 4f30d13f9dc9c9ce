"""The settings of how accounts come to be: registration, the first admin, the users of the Express service."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import BOOLEAN, TEXT, choice, duration, integer

OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class RegistrationSettings:
    """Who can make an account."""

    heading: ClassVar[str] = "Registration"

    mode: str = var(
        "REGISTRATION",
        choice(OPEN, CLOSED),
        OPEN,
        about="Whether anybody can register, or only admins create accounts and invite people.",
    )
    verify: bool = var(
        "REGISTER_VERIFY",
        BOOLEAN,
        False,
        about="Whether a registration makes the account only when a code, mailed to its address, is typed in.",
    )


@dataclass(frozen=True, slots=True)
class ConfirmationSettings:
    """What needs a login, or a confirmation by password, of a moment ago (RFC 9470)."""

    heading: ClassVar[str] = "Fresh authentication"

    fresh_for: timedelta = var(
        "FRESH_FOR",
        duration(least=timedelta(seconds=1)),
        timedelta(minutes=10),
        about="How long after a login or a confirmation a session may do what needs a fresh one.",
    )
    dangerous: bool = var(
        "CONFIRM_DANGEROUS",
        BOOLEAN,
        False,
        about="Whether deleting an account and giving a role need a fresh login, too; set it once all clients know.",
    )


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """The admin that a start creates if `SEED_ADMIN_ON_START` is true, and that `seed-admin` creates."""

    heading: ClassVar[str] = "First admin"

    seed_on_start: bool = var(
        "SEED_ADMIN_ON_START", BOOLEAN, False, about="Whether a start creates this admin if there is no admin yet."
    )
    email: str | None = var("ADMIN_EMAIL", TEXT, None, about="The first admin's e-mail address.")
    password: str | None = var("ADMIN_PASSWORD", TEXT, None, secret=True, about="The first admin's password.")


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """Which tokens of the Express service that this one replaces are still accepted."""

    heading: ClassVar[str] = "Import"

    secret: str | None = var(
        "IMPORT_JWT_SECRET",
        TEXT,
        None,
        secret=True,
        about="The secret that the Express service signed its refresh tokens with.",
    )
    accept_days: int = var(
        "IMPORT_ACCEPT_DAYS",
        integer(1, 365),
        14,
        about="For how many days after the import a refresh token of that service is accepted, once.",
    )
