"""The settings of the process itself: its name, address, workers and log, its metrics and its database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from auth_service.settings.addresses import is_ip
from auth_service.settings.environment import var
from auth_service.settings.forms import (
    ADDRESS_AND_PORT,
    BOOLEAN,
    IP_ADDRESS,
    LINE,
    MONGODB_URL,
    ORIGIN,
    TOKEN,
    choice,
    duration,
    integer,
)


def in_development(environ: Mapping[str, str]) -> bool:
    """Whether `APP_ENV` says that this is a developer's own machine."""
    return environ.get("APP_ENV", "").strip().lower() == "development"


def _host(environ: Mapping[str, str]) -> str:
    return "127.0.0.1" if in_development(environ) else "0.0.0.0"  # nosec B104 # a container listens so


def _stop_delay(environ: Mapping[str, str]) -> timedelta:
    return timedelta(0) if in_development(environ) else timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How the process presents itself, what it listens on and what it logs."""

    heading: ClassVar[str] = "Service"

    environment: str = var(
        "APP_ENV",
        choice("development", "test", "production"),
        "production",
        about="The environment; only `development` accepts weak secrets and insecure cookies.",
    )
    name: str = var("APP_NAME", LINE, "auth_service", about="The name of the service, and the `iss` of its tokens.")
    public_url: str | None = var(
        "PUBLIC_URL", ORIGIN, None, about="Where clients reach the service, such as `https://auth.example.com`."
    )
    host: str = var("HOST", IP_ADDRESS, _host, about="The address to listen on.")
    port: int = var("PORT", integer(1, 65535), 3020, about="The TCP port to listen on.")
    trusted_proxies: int = var(
        "TRUST_PROXY",
        integer(0, 10),
        0,
        about="How many proxies are trusted to set `X-Forwarded-For`, `-Proto` and `-Prefix`.",
    )
    workers: int = var("WEB_CONCURRENCY", integer(1, 256), 2, about="How many worker processes the server starts.")
    threads: int = var(
        "WEB_THREADS",
        integer(1, 64),
        32,
        about="The most threads of a worker; password hashing leaves two of them free.",
    )
    stop_delay: timedelta = var(
        "STOP_DELAY",
        duration(zero=True),
        _stop_delay,
        about="How long `/readyz` answers 503 before a stop; at most `20s`.",
    )
    log_level: str = var(
        "LOG_LEVEL",
        choice("debug", "info", "warning", "error", "critical"),
        "info",
        about="The lowest level that is logged.",
    )
    log_verify: bool = var(
        "LOG_VERIFY", BOOLEAN, False, about="Whether a successful `GET /auth/verify` is logged at level `info`."
    )
    api_docs: bool = var("API_DOCS", BOOLEAN, in_development, about="Whether `/docs` and `/openapi.json` are served.")
    pages: bool = var("PAGES", BOOLEAN, in_development, about="Whether `/account` and `/admin` are served.")

    @property
    def passkey_host(self) -> str | None:
        """The host that passkeys are made for (WebAuthn's RP id), that of `PUBLIC_URL`; an IP address cannot be one."""
        host = urlsplit(self.public_url or "").hostname
        return None if host is None or is_ip(host) else host

    @property
    def address(self) -> str:
        """Host and port as in a URL: an IPv6 address is in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def development(self) -> bool:
        """Whether this is a developer's own machine, where weak secrets and insecure cookies are accepted."""
        return self.environment == "development"


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where `/metrics` is served: with a token, on a port of its own, both, or nowhere."""

    heading: ClassVar[str] = "Metrics"

    token: str | None = var(
        "METRICS_TOKEN",
        TOKEN,
        None,
        secret=True,
        about="The bearer token for `/metrics` on `PORT`, at least 32 random bytes; without it, the path answers 404.",
    )
    bind: tuple[str, int] | None = var(
        "METRICS_BIND",
        ADDRESS_AND_PORT,
        None,
        about="A second address, on which gunicorn serves `/metrics` alone, without a token.",
    )

    @property
    def enabled(self) -> bool:
        """Whether metrics are counted at all."""
        return bool(self.token or self.bind)

    @property
    def port(self) -> int | None:
        """The port that serves nothing but metrics; `None` when there is none."""
        return self.bind[1] if self.bind else None


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where MongoDB is."""

    heading: ClassVar[str] = "Database"

    url: str = var(
        "DB_URL",
        MONGODB_URL,
        secret=True,
        about="The replica set; the path names the database, by default `auth_service`.",
    )
