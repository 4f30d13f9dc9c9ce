"""The rules between settings: a contradiction stops the start, an unsafe choice is a warning in the log."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from auth_service.settings.accounts import RegistrationSettings
from auth_service.settings.addresses import is_private
from auth_service.settings.factors import NONE, FactorSettings
from auth_service.settings.mail import MailSettings
from auth_service.settings.mail_url import PLAIN
from auth_service.settings.mongodb_url import has_tls
from auth_service.settings.protection import PasswordSettings, RateLimitSettings
from auth_service.settings.service import DatabaseSettings, MetricsSettings, ServiceSettings
from auth_service.settings.sessions import CookieSettings, TokenSettings

SHORTEST_SECRET = 32  # bytes: RFC 7518 section 3.2: a key for HS256 is at least as long as the hash
FEWEST_DISTINCT_CHARACTERS = 8
LONGEST_STOP_DELAY = timedelta(seconds=20)  # gunicorn.conf.py's graceful_timeout counts from SIGTERM on


def contradictions(groups: Mapping[str, Any], *, development: bool) -> list[str]:
    """A sentence for each contradiction between variables, and for each value that is refused outside development.

    Args:
        groups: the settings groups by their names in `Settings`; `None` for a group that could not be read.
        development: whether weak secrets and insecure cookies are accepted.
    """
    problems = []
    if groups["service"] and groups["service"].stop_delay > LONGEST_STOP_DELAY:
        problems.append("STOP_DELAY must be at most 20s: 30 s after SIGTERM whatever still runs is killed")
    if groups["tokens"]:
        problems += _secret_problems(groups["tokens"], development)
        if groups["tokens"].grace > groups["tokens"].race_window:
            problems.append("REFRESH_GRACE must not be longer than REFRESH_RACE_WINDOW")
    if groups["sessions"] and groups["sessions"].touch_interval >= groups["sessions"].idle_lifetime:
        problems.append("SESSION_TOUCH_INTERVAL must be shorter than SESSION_EXPIRES_IN")
    if groups["service"] and groups["tokens"]:
        problems += _public_problems(groups["service"], groups["tokens"], development)
    if groups["metrics"] and groups["service"]:
        problems += _metrics_problems(groups["metrics"], groups["service"])
    if groups["mail"] and groups["registration"]:
        problems += _mail_problems(groups["mail"], groups["registration"], development)
    if groups["factors"]:
        problems += _factor_problems(groups["factors"])
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


def _public_problems(service: ServiceSettings, tokens: TokenSettings, development: bool) -> list[str]:
    problems = []
    if service.public_url and not development and not is_private(service.public_url):
        problems.append("PUBLIC_URL must begin with https://")
    if tokens.keys_file and not service.public_url:
        problems.append("JWT_KEYS_FILE needs PUBLIC_URL, the `iss` of tokens that others can verify")
    if tokens.keys_file and not service.name.isascii():
        problems.append("APP_NAME must be ASCII with JWT_KEYS_FILE: it is the `client_id` of tokens")  # RFC 6749 A.1
    return problems


def _metrics_problems(metrics: MetricsSettings, service: ServiceSettings) -> list[str]:
    problems = []
    if metrics.token and not service.development and _is_weak(metrics.token):
        problems.append(f"METRICS_TOKEN is weak: use at least {SHORTEST_SECRET} random bytes")
    if metrics.port == service.port:
        problems.append("METRICS_BIND must have another port than PORT")
    return problems


def _mail_problems(mail: MailSettings, registration: RegistrationSettings, development: bool) -> list[str]:
    problems = []
    if mail.url and not mail.sender:
        problems.append("MAIL_FROM is not set, and MAIL_URL is")
    if mail.url and mail.url.scheme == PLAIN and not (mail.url.is_loopback or development):
        problems.append("MAIL_URL must not be smtp+plain: whoever reads the mail on its way could reset passwords")
    if mail.url and mail.url.scheme == PLAIN and mail.url.user and not mail.url.is_loopback:
        problems.append("MAIL_URL must not be smtp+plain with a password, unless its host is this machine")
    if registration.verify and not mail.url:
        problems.append("REGISTER_VERIFY needs MAIL_URL")
    return problems


def _factor_problems(factors: FactorSettings) -> list[str]:
    problems = []
    if factors.key and len(set(factors.key)) < FEWEST_DISTINCT_CHARACTERS:
        problems.append("DATA_KEY is weak: use the one that `secrets new --data` prints")
    if factors.previous_key and not factors.key:
        problems.append("DATA_KEY_PREVIOUS needs DATA_KEY")
    if factors.key and factors.previous_key == factors.key:
        problems.append("DATA_KEY_PREVIOUS must not be the key that seals now")
    if factors.required_for != NONE and not factors.key:
        problems.append("MFA_REQUIRED_FOR needs DATA_KEY")
    return problems


def _cookie_problems(cookie: CookieSettings) -> list[str]:
    problems = []
    if not cookie.secure:
        problems.append("COOKIE_SECURE must not be false")
    if not cookie.http_only:
        problems.append("COOKIE_HTTP_ONLY must not be false")
    return problems


def weak_secrets(tokens: TokenSettings) -> list[str]:
    """The names of the variables whose secrets are too short or too uniform, in alphabetical order."""
    secrets = {"JWT_ACCESS_SECRET": tokens.access_secret, "JWT_REFRESH_SECRET": tokens.refresh_secret}
    weak = {"JWT_SECRET" if secret == tokens.secret else name for name, secret in secrets.items() if _is_weak(secret)}
    if tokens.previous_secret and _is_weak(tokens.previous_secret):
        weak.add("JWT_SECRET_PREVIOUS")
    return sorted(weak)


def _is_weak(secret: str) -> bool:
    return len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DISTINCT_CHARACTERS


def unused(tokens: TokenSettings) -> list[str]:
    """A sentence for a secret that is set and signs nothing, and for an audience that is in no token."""
    secret_signs = tokens.secret in ("", tokens.access_secret, tokens.refresh_secret)
    sentences = {
        "JWT_SECRET signs nothing beside JWT_ACCESS_SECRET and JWT_REFRESH_SECRET: remove it, or those": (
            not secret_signs
        ),
        "JWT_AUDIENCE has no effect without JWT_KEYS_FILE": tokens.audience and not tokens.keys_file,
    }
    return [sentence for sentence, applies in sentences.items() if applies]


def unsafe_choices(
    *, passwords: PasswordSettings, rate_limits: RateLimitSettings, database: DatabaseSettings
) -> list[str]:
    """A sentence for each setting that is accepted outside development, and unsafe."""
    sentences = {
        "BCRYPT_ROUNDS is below 10: passwords are cheap to guess": passwords.bcrypt_rounds < 10,
        "RATELIMIT_ENABLED is false: anybody may ask as often as they like": not rate_limits.enabled,
        "LOGIN_DELAY_ENABLED is false: passwords can be guessed at full speed": not rate_limits.login_delay,
        "PASSWORD_MIN_LENGTH is below 8": passwords.min_length < 8,
        "PASSWORD_BREACH_URL is not https: anybody on the way can read and forge the answers": (
            passwords.breach_check and not passwords.breach_url.startswith("https://")
        ),
        "DB_URL asks for no TLS: the database must be reached over a network nobody else is on": not has_tls(
            database.url
        ),
    }
    return [warning for warning, applies in sentences.items() if applies]
