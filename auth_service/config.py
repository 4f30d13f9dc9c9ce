"""The settings: frozen, typed, one group a feature. `Settings.from_env` is the only reader of the environment.

Every variable stands in `.env.example` with one line of comment; a test holds that file against this one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from dotenv import dotenv_values

from auth_service.environment import (
    ConfigurationError,
    boolean,
    choice,
    duration,
    integer,
    origins,
    rate,
    read,
    store_url,
    text,
    url,
    var,
    variables,
)

SHORTEST_SECRET = 32  # bytes: RFC 7518 section 3.2 asks a key as long as the hash of HS256
FEWEST_DISTINCT_CHARACTERS = 8
MILLISECOND = timedelta(milliseconds=1)


def _in_development(environ: Mapping[str, str]) -> bool:
    return environ.get("APP_ENV", "").strip().lower() == "development"


def _outside_development(environ: Mapping[str, str]) -> bool:
    return not _in_development(environ)


def _host(environ: Mapping[str, str]) -> str:
    return "127.0.0.1" if _in_development(environ) else "0.0.0.0"  # nosec B104 # a container listens so


def _jwt_secret(environ: Mapping[str, str]) -> str:
    return environ.get("JWT_SECRET", "").strip()


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How the process presents itself and what it listens on."""

    environment: str = var("APP_ENV", choice("development", "test", "production"), "production")
    name: str = var("APP_NAME", text, "auth_service")
    host: str = var("HOST", text, _host)
    port: int = var("PORT", integer(1, 65535), 3020)
    trusted_proxies: int = var("TRUST_PROXY", integer(0, 10), 0)
    workers: int = var("WEB_CONCURRENCY", integer(1, 256), 2)
    threads: int = var("WEB_THREADS", integer(1, 64), 16)
    log_level: str = var("LOG_LEVEL", choice("debug", "info", "warning", "error", "critical"), "info")
    api_docs: bool = var("API_DOCS", boolean, _in_development)

    @property
    def development(self) -> bool:
        """Whether this is a developer's own machine, where the strict rules for secrets and cookies rest."""
        return self.environment == "development"


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where MongoDB is; the path of the URL names the database."""

    url: str = var("DB_URL", text, secret=True)


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """The keys and lifetimes of the JWTs."""

    secret: str = var("JWT_SECRET", text, "", secret=True)
    access_secret: str = var("JWT_ACCESS_SECRET", text, _jwt_secret, secret=True)
    refresh_secret: str = var("JWT_REFRESH_SECRET", text, _jwt_secret, secret=True)
    previous_secret: str | None = var("JWT_SECRET_PREVIOUS", text, None, secret=True)
    access_lifetime: timedelta = var("JWT_ACCESS_EXPIRES_IN", duration(), timedelta(minutes=5))
    refresh_lifetime: timedelta = var("JWT_REFRESH_EXPIRES_IN", duration(), timedelta(days=14))
    race_window: timedelta = var("REFRESH_RACE_WINDOW", duration(zero=True), timedelta(seconds=15))
    grace: timedelta = var("REFRESH_GRACE", duration(zero=True), timedelta(0))


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a session lives without being used, and how long its trace is kept."""

    idle_lifetime: timedelta = var("SESSION_EXPIRES_IN", duration(plain=MILLISECOND), timedelta(days=14))
    absolute_lifetime: timedelta = var("SESSION_ABSOLUTE_EXPIRES_IN", duration(), timedelta(days=30))
    admin_absolute_lifetime: timedelta = var("SESSION_ABSOLUTE_EXPIRES_IN_ADMIN", duration(), timedelta(hours=12))
    touch_interval: timedelta = var("SESSION_TOUCH_INTERVAL", duration(zero=True), timedelta(0))
    max_per_user: int = var("SESSION_MAX_PER_USER", integer(0, 10_000), 10)
    history_days: int = var("SESSION_HISTORY_DAYS", integer(0, 3650), 90)


@dataclass(frozen=True, slots=True)
class CookieSettings:
    """The attributes of the refresh token's cookie (RFC 6265bis)."""

    secure: bool = var("COOKIE_SECURE", boolean, _outside_development)
    http_only: bool = var("COOKIE_HTTP_ONLY", boolean, True)
    same_site: str = var("COOKIE_SAME_SITE", choice("strict", "lax", "none"), "strict")
    max_age: timedelta | None = var("COOKIE_REFRESH_MAX_AGE", duration(plain=MILLISECOND), None)


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """Which web pages of other origins may call the service with its cookie."""

    origins: tuple[str, ...] = var("CORS_ORIGINS", origins, ())


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """How long the audit trail is kept."""

    days: int = var("AUDIT_DAYS", integer(1, 3650), 180)


@dataclass(frozen=True, slots=True)
class PasswordSettings:
    """What a password must be and what its hash costs."""

    min_length: int = var("PASSWORD_MIN_LENGTH", integer(1, 1024), 8)
    breach_check: bool = var("PASSWORD_BREACH_CHECK", boolean, False)
    breach_url: str = var("PASSWORD_BREACH_URL", url, "https://api.pwnedpasswords.com/range/")
    bcrypt_rounds: int = var("BCRYPT_ROUNDS", integer(4, 31), 12)
    bcrypt_concurrency: int = var("BCRYPT_CONCURRENCY", integer(1, 64), 1)
    bcrypt_wait: timedelta = var("BCRYPT_WAIT", duration(), timedelta(seconds=2))


@dataclass(frozen=True, slots=True)
class RateLimitSettings:
    """How often one may ask, and whether wrong passwords are answered with delays."""

    enabled: bool = var("RATELIMIT_ENABLED", boolean, True)
    storage_url: str | None = var("RATELIMIT_STORAGE_URL", store_url, None, secret=True)
    register: str = var("RATELIMIT_REGISTER", rate, "30/hour")
    login: str = var("RATELIMIT_LOGIN", rate, "100/5minutes")
    login_account: str = var("RATELIMIT_LOGIN_ACCOUNT", rate, "200/hour")
    refresh: str = var("RATELIMIT_REFRESH", rate, "60/minute")
    password: str = var("RATELIMIT_PASSWORD", rate, "30/hour")
    login_delay: bool = var("LOGIN_DELAY_ENABLED", boolean, True)


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """The first admin."""

    seed_on_start: bool = var("SEED_ADMIN_ON_START", boolean, False)
    email: str | None = var("ADMIN_EMAIL", text, None)
    password: str | None = var("ADMIN_PASSWORD", text, None, secret=True)


@dataclass(frozen=True, slots=True)
class GeoSettings:
    """Where the place of an address is looked up."""

    db_file_path: str | None = var("GEO_DB_FILE_PATH", text, None)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    service: ServiceSettings
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

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, dotenv: str | None = ".env") -> "Settings":
        """Read `environ` (the process's by default) over the file `dotenv`; the environment wins.

        Raises:
            ConfigurationError: something is missing, malformed or unsafe; it names all of it at once.
        """
        merged = merge_dotenv(os.environ if environ is None else environ, dotenv)
        problems: list[str] = []
        groups = {group.name: read(group.type, merged, problems) for group in fields(cls)}  # type: ignore[arg-type]
        problems += _contradictions(groups, development=_in_development(merged))
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
        accepted = {
            "BCRYPT_ROUNDS is below 10: passwords are cheap to guess": self.passwords.bcrypt_rounds < 10,
            "RATELIMIT_ENABLED is false: anybody may ask as often as they like": not self.rate_limits.enabled,
            "LOGIN_DELAY_ENABLED is false: passwords can be guessed at full speed": not self.rate_limits.login_delay,
            "PASSWORD_MIN_LENGTH is below 8": self.passwords.min_length < 8,
            "PASSWORD_BREACH_URL is not https: anybody on the way can read and forge the answers": (
                self.passwords.breach_check and not self.passwords.breach_url.startswith("https://")
            ),
            "DB_URL asks for no TLS: the database must be reached over a network nobody else is on": not _has_tls(
                self.database.url
            ),
        }
        return [warning for warning, applies in accepted.items() if applies]


def merge_dotenv(environ: Mapping[str, str], dotenv: str | None) -> dict[str, str]:
    """The variables of the file `dotenv`, those of `environ` that are not empty over them."""
    from_file = dotenv_values(dotenv, interpolate=False) if dotenv else {}
    given = {name: value for name, value in environ.items() if value.strip()}
    return {**{name: value or "" for name, value in from_file.items()}, **given}


def _contradictions(groups: Mapping[str, Any], *, development: bool) -> list[str]:
    """What is wrong between variables; groups that could not be read are passed over."""
    problems = []
    if groups["tokens"]:
        problems += _secret_problems(groups["tokens"], development)
        if groups["tokens"].grace > groups["tokens"].race_window:
            problems.append("REFRESH_GRACE must not be longer than REFRESH_RACE_WINDOW")
    if groups["sessions"] and groups["sessions"].touch_interval >= groups["sessions"].idle_lifetime:
        problems.append("SESSION_TOUCH_INTERVAL must be shorter than SESSION_EXPIRES_IN")
    if groups["cookie"] and not development:
        problems += _cookie_problems(groups["cookie"])
    if groups["admin"] and groups["admin"].seed_on_start and not (groups["admin"].email and groups["admin"].password):
        problems.append("SEED_ADMIN_ON_START needs ADMIN_EMAIL and ADMIN_PASSWORD")
    return problems


def _secret_problems(tokens: TokenSettings, development: bool) -> list[str]:
    if not (tokens.access_secret and tokens.refresh_secret):
        return ["JWT_SECRET is not set (or JWT_ACCESS_SECRET and JWT_REFRESH_SECRET)"]
    weak = [] if development else weak_secrets(tokens)
    problems = [f"{name} is weak: use at least {SHORTEST_SECRET} random bytes" for name in weak]
    if tokens.previous_secret in (tokens.access_secret, tokens.refresh_secret):
        problems.append("JWT_SECRET_PREVIOUS must not be a secret that signs now")
    return problems


def _cookie_problems(cookie: CookieSettings) -> list[str]:
    problems = []
    if not cookie.secure:
        problems.append("COOKIE_SECURE must not be false")
    if not cookie.http_only:
        problems.append("COOKIE_HTTP_ONLY must not be false")
    return problems


def _has_tls(url: str) -> bool:
    srv = url.startswith("mongodb+srv://") and "tls=false" not in url and "ssl=false" not in url
    return srv or "tls=true" in url or "ssl=true" in url


def weak_secrets(tokens: TokenSettings) -> list[str]:
    """The names of the variables whose secrets could be guessed."""
    secrets = {"JWT_ACCESS_SECRET": tokens.access_secret, "JWT_REFRESH_SECRET": tokens.refresh_secret}
    weak = {"JWT_SECRET" if secret == tokens.secret else name for name, secret in secrets.items() if _is_weak(secret)}
    if tokens.previous_secret and _is_weak(tokens.previous_secret):
        weak.add("JWT_SECRET_PREVIOUS")
    return sorted(weak)


def _is_weak(secret: str) -> bool:
    return len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DISTINCT_CHARACTERS
