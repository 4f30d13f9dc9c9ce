"""The groups of settings, one a feature: frozen, typed, each field with its variable and its default.

Every variable stands in `.env.example` with one line of comment; a test holds that file against these groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from auth_service.settings.environment import (
    address,
    boolean,
    choice,
    download_url,
    duration,
    integer,
    origins,
    rate,
    redis_url,
    text,
    url,
    var,
)

MILLISECOND = timedelta(milliseconds=1)


def in_development(environ: Mapping[str, str]) -> bool:
    """Whether `APP_ENV` says that this is a developer's own machine."""
    return environ.get("APP_ENV", "").strip().lower() == "development"


def _outside_development(environ: Mapping[str, str]) -> bool:
    return not in_development(environ)


def _host(environ: Mapping[str, str]) -> str:
    return "127.0.0.1" if in_development(environ) else "0.0.0.0"  # nosec B104 # a container listens so


def _stop_delay(environ: Mapping[str, str]) -> timedelta:
    return timedelta(0) if in_development(environ) else timedelta(seconds=5)


def _jwt_secret(environ: Mapping[str, str]) -> str:
    return environ.get("JWT_SECRET", "").strip()


def _geo_file(environ: Mapping[str, str]) -> str | None:
    fetched = any(environ.get(name, "").strip() for name in ("MAXMIND_LICENSE_KEY", "GEO_DOWNLOAD_URL"))
    return "instance/geo/city.mmdb" if fetched else None


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How the process presents itself and what it listens on."""

    environment: str = var("APP_ENV", choice("development", "test", "production"), "production")
    name: str = var("APP_NAME", text, "auth_service")
    host: str = var("HOST", text, _host)
    port: int = var("PORT", integer(1, 65535), 3020)
    trusted_proxies: int = var("TRUST_PROXY", integer(0, 10), 0)
    workers: int = var("WEB_CONCURRENCY", integer(1, 256), 2)
    threads: int = var("WEB_THREADS", integer(1, 64), 32)
    stop_delay: timedelta = var("STOP_DELAY", duration(zero=True), _stop_delay)
    log_level: str = var("LOG_LEVEL", choice("debug", "info", "warning", "error", "critical"), "info")
    log_verify: bool = var("LOG_VERIFY", boolean, False)
    api_docs: bool = var("API_DOCS", boolean, in_development)

    @property
    def development(self) -> bool:
        """Whether this is a developer's own machine, where the strict rules for secrets and cookies rest."""
        return self.environment == "development"


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where `/metrics` answers: for a token, on a port of its own, both, or nowhere."""

    token: str | None = var("METRICS_TOKEN", text, None, secret=True)
    bind: tuple[str, int] | None = var("METRICS_BIND", address, None)

    @property
    def enabled(self) -> bool:
        """Whether anything is counted at all."""
        return bool(self.token or self.bind)

    @property
    def port(self) -> int | None:
        """The port that is for nothing else."""
        return self.bind[1] if self.bind else None


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

    def absolute_lifetime_of(self, *, admin: bool) -> timedelta:
        """How long a session lives at the most, however much it is used."""
        return self.admin_absolute_lifetime if admin else self.absolute_lifetime


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
    storage_url: str | None = var("RATELIMIT_STORAGE_URL", redis_url, None, secret=True)
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
class ImportSettings:
    """What is still accepted of the Express service that this one has replaced."""

    secret: str | None = var("IMPORT_JWT_SECRET", text, None, secret=True)
    accept_days: int = var("IMPORT_ACCEPT_DAYS", integer(1, 365), 14)


@dataclass(frozen=True, slots=True)
class GeoSettings:
    """Where the place of an address is looked up, where the file for it comes from, how long addresses stay whole."""

    account_id: str | None = var("MAXMIND_ACCOUNT_ID", text, None)
    license_key: str | None = var("MAXMIND_LICENSE_KEY", text, None, secret=True)
    db_file_path: str | None = var("GEO_DB_FILE_PATH", text, _geo_file)
    download_url: str | None = var("GEO_DOWNLOAD_URL", download_url, None, secret=True)
    max_age: timedelta = var("GEO_MAX_AGE", duration(), timedelta(days=7))
    privacy_days: int = var("GEO_PRIVACY_DAYS", integer(0, 3650), 90)
