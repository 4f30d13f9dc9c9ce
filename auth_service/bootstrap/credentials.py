"""Wires how passwords are hashed and what may be set as one."""

from dataclasses import dataclass

from auth_service.monitoring.metrics import Metrics
from auth_service.services.credentials.breaches import Breaches, NullBreaches
from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.settings.protection import PasswordSettings
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Credentials:
    """The objects of the room `services/credentials`."""

    passwords: Passwords
    policy: PasswordPolicy


def build_credentials(settings: Settings, *, metrics: Metrics) -> Credentials:
    """One queue of hashes for the whole process."""
    group = settings.passwords
    queue = HashingQueue(
        concurrency=group.bcrypt_concurrency,
        wait=group.bcrypt_wait.total_seconds(),
        threads=settings.service.threads,
        metrics=metrics,
    )
    passwords = Passwords(rounds=group.bcrypt_rounds, queue=queue)
    return Credentials(passwords=passwords, policy=build_policy(group, service_name=settings.service.name))


def build_policy(settings: PasswordSettings, *, service_name: str) -> PasswordPolicy:
    """The rules for new passwords."""
    return PasswordPolicy(min_length=settings.min_length, service_name=service_name, breaches=_breaches(settings))


def _breaches(settings: PasswordSettings) -> Breaches:
    """Import the HTTP client, 5 MiB of memory in each worker, only where the check is on."""
    if not settings.breach_check:
        return NullBreaches()
    from auth_service.services.credentials.pwned_passwords import PwnedPasswords  # noqa: PLC0415

    return PwnedPasswords(settings.breach_url)
