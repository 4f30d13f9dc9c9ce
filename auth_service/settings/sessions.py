"""The settings of sessions and of what carries them: tokens, the refresh cookie, pages of other origins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import AUDIENCE, BOOLEAN, ORIGINS, SECOND, TEXT, choice, duration, integer
from auth_service.settings.service import in_development

MILLISECOND = timedelta(milliseconds=1)


def _jwt_secret(environ: Mapping[str, str]) -> str:
    return environ.get("JWT_SECRET", "").strip()


def _outside_development(environ: Mapping[str, str]) -> bool:
    return not in_development(environ)


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """The secrets and lifetimes of the JWTs, and how a used refresh token is treated."""

    heading: ClassVar[str] = "Tokens"

    secret: str = var(
        "JWT_SECRET",
        TEXT,
        "",
        secret=True,
        default_words="must be set, or the next two",
        about="Signs all tokens, unless the next two override it; at least 32 random bytes.",
    )
    access_secret: str = var(
        "JWT_ACCESS_SECRET", TEXT, _jwt_secret, secret=True, default_words="`JWT_SECRET`", about="Signs access tokens."
    )
    refresh_secret: str = var(
        "JWT_REFRESH_SECRET",
        TEXT,
        _jwt_secret,
        secret=True,
        default_words="`JWT_SECRET`",
        about="Signs refresh tokens.",
    )
    previous_secret: str | None = var(
        "JWT_SECRET_PREVIOUS",
        TEXT,
        None,
        secret=True,
        about="The former secret: it still verifies tokens, and signs none.",
    )
    keys_file: str | None = var(
        "JWT_KEYS_FILE",
        TEXT,
        None,
        about="The PEM file of keys for access tokens that others can verify; needs `PUBLIC_URL`.",
    )
    audience: str | None = var(
        "JWT_AUDIENCE",
        AUDIENCE,
        None,
        default_words="`PUBLIC_URL`",
        about="The `aud` of access tokens that are signed with a key of `JWT_KEYS_FILE`.",
    )
    access_lifetime: timedelta = var(
        "JWT_ACCESS_EXPIRES_IN",
        duration(least=SECOND),
        timedelta(minutes=5),
        about="How long an access token is valid.",
    )
    refresh_lifetime: timedelta = var(
        "JWT_REFRESH_EXPIRES_IN",
        duration(least=SECOND),
        timedelta(days=14),
        about="How long a refresh token is valid, within the absolute limit of its session.",
    )
    race_window: timedelta = var(
        "REFRESH_RACE_WINDOW",
        duration(zero=True),
        timedelta(seconds=15),
        about="How long after its first use a replayed refresh token counts as a lost race; later it is theft.",
    )
    grace: timedelta = var(
        "REFRESH_GRACE",
        duration(zero=True),
        timedelta(0),
        about="How long a refresh can be repeated with the same answer, at most `REFRESH_RACE_WINDOW`.",
    )


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a session is active, how many a user may have, and how long ended ones are kept."""

    heading: ClassVar[str] = "Sessions"

    idle_lifetime: timedelta = var(
        "SESSION_EXPIRES_IN",
        duration(unit=MILLISECOND, least=SECOND),
        timedelta(days=14),
        about="How long a session lasts without a request.",
    )
    absolute_lifetime: timedelta = var(
        "SESSION_ABSOLUTE_EXPIRES_IN",
        duration(least=SECOND),
        timedelta(days=30),
        about="How long a session lasts at most, however much it is used.",
    )
    admin_absolute_lifetime: timedelta = var(
        "SESSION_ABSOLUTE_EXPIRES_IN_ADMIN",
        duration(least=SECOND),
        timedelta(hours=12),
        about="How long an admin's session lasts at most.",
    )
    touch_interval: timedelta = var(
        "SESSION_TOUCH_INTERVAL",
        duration(zero=True),
        timedelta(0),
        about="The least time between two touches of a session; a longer time saves writes.",
    )
    max_per_user: int = var(
        "SESSION_MAX_PER_USER",
        integer(0, 10_000),
        10,
        about="How many active sessions a user may have; a login beyond ends the least recently seen; 0: no cap.",
    )
    history_days: int = var(
        "SESSION_HISTORY_DAYS",
        integer(0, 3650),
        90,
        about="How many days an ended session is kept for the history.",
    )

    def absolute_lifetime_of(self, *, admin: bool) -> timedelta:
        """How long a session of an admin, or of another user, lasts at most, however much it is used."""
        return self.admin_absolute_lifetime if admin else self.absolute_lifetime


@dataclass(frozen=True, slots=True)
class CookieSettings:
    """The attributes of the two cookies, `refreshToken` and `knownDevice` (RFC 6265bis)."""

    heading: ClassVar[str] = "Cookie"

    secure: bool = var(
        "COOKIE_SECURE",
        BOOLEAN,
        _outside_development,
        about="Whether both cookies are sent over https only.",
    )
    http_only: bool = var("COOKIE_HTTP_ONLY", BOOLEAN, True, about="Whether the refresh cookie is hidden from scripts.")
    same_site: str = var(
        "COOKIE_SAME_SITE",
        choice("strict", "lax", "none"),
        "strict",
        about="The `SameSite` attribute of both cookies.",
    )
    max_age: timedelta | None = var(
        "COOKIE_REFRESH_MAX_AGE",
        duration(unit=MILLISECOND, least=SECOND),
        None,
        default_words="the token's lifetime",
        about="The longest life of the refresh cookie.",
    )


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """Which web pages of other origins may call the service with its cookie."""

    heading: ClassVar[str] = "Other origins"

    origins: tuple[str, ...] = var(
        "CORS_ORIGINS", ORIGINS, (), about="The allowed origins, such as `https://app.example.com`."
    )
