"""The settings of the protections: the audit trail, passwords, rate limits and login delays."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import BOOLEAN, PLAIN_URL, RATE, REDIS_URL, duration, integer


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """How long the audit trail is kept."""

    heading: ClassVar[str] = "Audit trail"

    days: int = var("AUDIT_DAYS", integer(1, 3650), 180, about="How many days audit events are kept.")


@dataclass(frozen=True, slots=True)
class PasswordSettings:
    """Which new passwords are accepted, and what hashing them costs."""

    heading: ClassVar[str] = "Passwords"

    min_length: int = var(
        "PASSWORD_MIN_LENGTH",
        integer(1, 1024),
        8,
        about="The fewest characters of a new password; the most is always 1,024.",
    )
    breach_check: bool = var(
        "PASSWORD_BREACH_CHECK",
        BOOLEAN,
        False,
        about="Whether new passwords are looked up in a list of breached ones.",
    )
    breach_url: str = var(
        "PASSWORD_BREACH_URL",
        PLAIN_URL,
        "https://api.pwnedpasswords.com/range/",
        about="The range API that is queried; it gets only the first 5 digits of a password's SHA-1.",
    )
    bcrypt_rounds: int = var(
        "BCRYPT_ROUNDS",
        integer(4, 31),
        12,
        about="The cost of bcrypt; each step doubles the time of a login.",
    )
    bcrypt_concurrency: int = var(
        "BCRYPT_CONCURRENCY",
        integer(1, 64),
        1,
        about="How many passwords a worker hashes at once; keep it at least 2 below `WEB_THREADS`.",
    )
    bcrypt_wait: timedelta = var(
        "BCRYPT_WAIT",
        duration(),
        timedelta(seconds=2),
        about="How long a request waits for its hash before it is refused with 503 `login_busy`.",
    )


@dataclass(frozen=True, slots=True)
class RateLimitSettings:
    """How often a client may call, and whether wrong passwords lead to delays."""

    heading: ClassVar[str] = "Abuse"

    enabled: bool = var(
        "RATELIMIT_ENABLED", BOOLEAN, True, about="Whether calls are limited; `false` is for tests and benchmarks."
    )
    storage_url: str | None = var(
        "RATELIMIT_STORAGE_URL",
        REDIS_URL,
        None,
        secret=True,
        default_words="the service's own MongoDB",
        about="The store of the rate limits' counters.",
    )
    register: str = var(
        "RATELIMIT_REGISTER",
        RATE,
        "30/hour",
        about="Registrations and their codes, by address; IPv6: from one /64, and four times as many from one /48.",
    )
    login: str = var(
        "RATELIMIT_LOGIN",
        RATE,
        "100/5minutes",
        about="Logins from one address; IPv6: from one /64, and four times as many from one /48.",
    )
    login_account: str = var(
        "RATELIMIT_LOGIN_ACCOUNT",
        RATE,
        "200/hour",
        about="Password checks for one account, right or wrong; each known device is counted separately.",
    )
    password: str = var(
        "RATELIMIT_PASSWORD",
        RATE,
        "30/hour",
        about="Password changes and confirmations of one user, and codes mailed for their address.",
    )
    login_delay: bool = var(
        "LOGIN_DELAY_ENABLED",
        BOOLEAN,
        True,
        about="Whether wrong passwords lead to growing delays; `false` is for tests and benchmarks.",
    )
