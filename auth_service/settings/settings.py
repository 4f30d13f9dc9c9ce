"""`Settings`: all groups together, read at once. `Settings.from_env` is the only reader of the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from auth_service.settings.accounts import AdminSettings, ConfirmationSettings, ImportSettings, RegistrationSettings
from auth_service.settings.dotenv_file import read_dotenv
from auth_service.settings.environment import ConfigurationError, read, variables
from auth_service.settings.factors import FactorSettings
from auth_service.settings.geo import GeoSettings
from auth_service.settings.mail import MailSettings
from auth_service.settings.misspelt import misspelt
from auth_service.settings.protection import AuditSettings, PasswordSettings, RateLimitSettings
from auth_service.settings.rules import contradictions, unsafe_choices, unused
from auth_service.settings.service import DatabaseSettings, MetricsSettings, ServiceSettings, in_development
from auth_service.settings.sessions import CookieSettings, CorsSettings, SessionSettings, TokenSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings groups; their order is that of docs/configuration.md and `.env.example`."""

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
    registration: RegistrationSettings
    confirmation: ConfirmationSettings
    factors: FactorSettings
    mail: MailSettings
    admin: AdminSettings
    geo: GeoSettings
    imports: ImportSettings

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        dotenv: str | None = ".env",
        examine: Callable[[Mapping[str, Any]], list[str]] = lambda groups: [],
    ) -> "Settings":
        """Read `environ` (by default the process's own) over the file `dotenv`, which need not exist; `environ` wins.

        `examine` returns more problems of the groups, given by their names; a group that could not be read is `None`.

        Raises:
            ConfigurationError: a variable is missing, malformed or unsafe; the error names all of them.
        """
        merged = merge_dotenv(environ, dotenv)
        problems: list[str] = []
        groups = {group.name: read(group.type, merged, problems) for group in fields(cls)}  # type: ignore[arg-type]
        problems += contradictions(groups, development=in_development(merged)) + examine(groups)
        if problems:
            raise ConfigurationError(problems)
        return cls(**groups)  # type: ignore[arg-type]

    @property
    def has_passkeys(self) -> bool:
        """Whether there are passkeys: second factors, at a public address that has a name."""
        return self.factors.enabled and self.service.passkey_host is not None

    @classmethod
    def variables(cls) -> list[str]:
        """The names of all environment variables that the service reads, in the order of the groups."""
        return [name for group in fields(cls) for name in variables(group.type)]  # type: ignore[arg-type]

    @classmethod
    def unread(cls, environ: Mapping[str, str] | None = None, *, dotenv: str | None = ".env") -> list[str]:
        """A sentence for each variable that is named like a setting and is none; arguments as of `from_env`."""
        return misspelt(merge_dotenv(os.environ if environ is None else environ, dotenv), cls.variables())

    def warnings(self) -> list[str]:
        """A sentence for each setting that has no effect, or, outside development, is unsafe."""
        if self.service.development:
            return unused(self.tokens)
        return unused(self.tokens) + unsafe_choices(
            passwords=self.passwords, rate_limits=self.rate_limits, database=self.database
        )


def merge_dotenv(environ: Mapping[str, str] | None, dotenv: str | None) -> dict[str, str]:
    """The variables of the file `dotenv`, overridden by those of `environ` (`None`: the process's) that are not empty.

    Raises:
        ConfigurationError: the file cannot be read as such a file.
    """
    from_file = read_dotenv(dotenv) if dotenv else {}
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value.strip()}
    return {**from_file, **given}
