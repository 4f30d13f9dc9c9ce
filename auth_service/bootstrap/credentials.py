"""Wires how passwords are hashed and what may be set as one."""

from dataclasses import dataclass

from auth_service.monitoring.metrics import Metrics
from auth_service.services.credentials.breaches import open_breaches
from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
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
    policy = PasswordPolicy(
        min_length=group.min_length,
        service_name=settings.service.name,
        breaches=open_breaches(check=group.breach_check, url=group.breach_url),
    )
    return Credentials(passwords=Passwords(rounds=group.bcrypt_rounds, queue=queue), policy=policy)
