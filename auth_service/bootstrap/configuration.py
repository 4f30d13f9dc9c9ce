"""Reads the settings, and reports with all other problems what only the services can tell.

That is an unusable file of keys, and a first admin that would be refused as an account.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from auth_service.bootstrap.credentials import build_policy
from auth_service.bootstrap.tokens import read_keys
from auth_service.errors import InvalidRequest
from auth_service.services.accounts.email_addresses import canonical
from auth_service.settings.accounts import AdminSettings
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.sessions import TokenSettings
from auth_service.settings.settings import Settings


def read_settings(
    environ: Mapping[str, str] | None = None, *, dotenv: str | None = ".env", always_seeds: bool = False
) -> Settings:
    """The settings of `environ` and the file `dotenv`, as `Settings.from_env` reads them, for a program that uses them.

    Args:
        environ: by default the process's own.
        dotenv: need not exist.
        always_seeds: whether the program creates the first admin whatever `SEED_ADMIN_ON_START` says.

    Raises:
        ConfigurationError: a variable is missing, malformed or unsafe, or names an unusable file or admin.
    """
    return Settings.from_env(environ, dotenv=dotenv, examine=partial(_problems, always_seeds=always_seeds))


def _problems(groups: Mapping[str, Any], *, always_seeds: bool) -> list[str]:
    return _key_problems(groups["tokens"]) + _first_admin_problems(groups, always_seeds=always_seeds)


def _key_problems(tokens: TokenSettings | None) -> list[str]:
    try:
        if tokens:
            read_keys(tokens)
    except ConfigurationError as error:
        return error.problems
    return []


def _first_admin_problems(groups: Mapping[str, Any], *, always_seeds: bool) -> list[str]:
    """A sentence for each rule of any account that the admin to be created breaks."""
    admin: AdminSettings | None = groups["admin"]
    if not admin or not (admin.seed_on_start or always_seeds):
        return []
    problems = [] if _can_register(admin.email) else ["ADMIN_EMAIL is not an address that can register"]
    if admin.password and groups["passwords"]:
        name = groups["service"].name if groups["service"] else ""
        policy = build_policy(groups["passwords"], service_name=name)
        reasons = policy.violations(admin.password, email=admin.email or "")
        problems += [f"ADMIN_PASSWORD is refused: {reason}" for reason in reasons]
    return problems


def _can_register(email: str | None) -> bool:
    """Whether it is an address, or there is none."""
    try:
        return bool(email is None or canonical(email))
    except InvalidRequest:
        return False
