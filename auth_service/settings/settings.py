"""`Settings`: all groups together, read at once. `Settings.from_env` is the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from dotenv import dotenv_values

from auth_service.settings.environment import ConfigurationError, read, variables
from auth_service.settings.groups import (
    AdminSettings,
    AuditSettings,
    CookieSettings,
    CorsSettings,
    DatabaseSettings,
    GeoSettings,
    ImportSettings,
    MetricsSettings,
    PasswordSettings,
    RateLimitSettings,
    ServiceSettings,
    SessionSettings,
    TokenSettings,
    in_development,
)
from auth_service.settings.rules import contradictions, unwise


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    service: ServiceSettings
    metrics: MetricsSettings
    database: DatabaseSettings
    tokens: TokenSettings
    sessions: SessionSettings
    cookie: CookieSettings
    cors: CorsSettings
    audit: AuditSettings
    passwords: PasswordSettings
    rate_limits: RateLimitSettings
    admin: AdminSettings
    geo: GeoSettings
    imports: ImportSettings

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, dotenv: str | None = ".env") -> "Settings":
        """Read `environ` (the process's by default) over the file `dotenv`; the environment wins.

        Raises:
            ConfigurationError: something is missing, malformed or unsafe; it names all of it at once.
        """
        merged = merge_dotenv(os.environ if environ is None else environ, dotenv)
        problems: list[str] = []
        groups = {group.name: read(group.type, merged, problems) for group in fields(cls)}  # type: ignore[arg-type]
        problems += contradictions(groups, development=in_development(merged))
        if problems:
            raise ConfigurationError(problems)
        return cls(**groups)  # type: ignore[arg-type]

    @classmethod
    def variables(cls) -> list[str]:
        """The names of all environment variables the service reads."""
        return [name for group in fields(cls) for name in variables(group.type)]  # type: ignore[arg-type]

    def warnings(self) -> list[str]:
        """What is accepted outside development and still deserves a line in the log."""
        if self.service.development:
            return []
        return unwise(passwords=self.passwords, rate_limits=self.rate_limits, database=self.database)


def merge_dotenv(environ: Mapping[str, str], dotenv: str | None) -> dict[str, str]:
    """The variables of the file `dotenv`, those of `environ` that are not empty over them."""
    from_file = dotenv_values(dotenv, interpolate=False) if dotenv else {}
    given = {name: value for name, value in environ.items() if value.strip()}
    return {**{name: value or "" for name, value in from_file.items()}, **given}
