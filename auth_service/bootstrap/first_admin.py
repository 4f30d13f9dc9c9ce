"""Checks the first admin of the settings before anything starts; the rules are those of any account."""

from auth_service.bootstrap.credentials import build_policy
from auth_service.errors import InvalidRequest
from auth_service.services.accounts.email_addresses import canonical
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings


def require_valid_first_admin(settings: Settings) -> None:
    """Return if the admin that a start creates would be accepted, or none is to be created.

    Raises:
        ConfigurationError: `ADMIN_EMAIL` or `ADMIN_PASSWORD` would be rejected; the error says why, without the value.
    """
    admin = settings.admin
    if not (admin.seed_on_start and admin.email and admin.password):
        return
    problems = []
    try:
        canonical(admin.email)
    except InvalidRequest:
        problems.append("ADMIN_EMAIL is not an address that can register")
    reasons = build_policy(settings).violations(admin.password, email=admin.email)
    problems += [f"ADMIN_PASSWORD is refused: {reason}" for reason in reasons]
    if problems:
        raise ConfigurationError(problems)
