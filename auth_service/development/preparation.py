"""Prepares the database for `make run`: indexes, migrations and a first admin."""

import secrets

from pymongo.errors import PyMongoError

from auth_service.bootstrap.services import Services, build_services
from auth_service.database import connection, indexes, transactions
from auth_service.database.faults import explain
from auth_service.database.migrations import MigrationFailed
from auth_service.errors import ServiceError
from auth_service.settings.accounts import AdminSettings
from auth_service.settings.settings import Settings

DEFAULT_ADMIN = "admin@example.com"


def prepare(settings: Settings) -> str:
    """Make what is missing, and return a line about the first admin. Idempotent.

    Raises:
        SystemExit: the database cannot be used, a migration failed, or the admin's address or password is refused.
    """
    services = build_services(settings)
    try:
        with connection.patience():
            transactions.require_transactions()
            indexes.ensure_indexes()
            services.migrations.run()
            return _seed_admin(services, settings.admin)
    except PyMongoError as error:
        raise SystemExit(f"The database cannot be used: {explain(error)}") from None
    except MigrationFailed as error:
        raise SystemExit(str(error)) from None
    except ServiceError as error:
        raise SystemExit(f"The admin cannot be made: {error.errors or error.message}") from None


def _seed_admin(services: Services, admin: AdminSettings) -> str:
    """Make an admin where there is none; without `ADMIN_PASSWORD`, with a random password, which the line has."""
    if first := services.seeding.first_admin():
        email = first["email"]
        return f"admin {email}; for another password: .venv/bin/python -m auth_service users password {email}"
    password = admin.password or secrets.token_urlsafe(15)
    seeded = services.seeding.seed_admin(email=admin.email or DEFAULT_ADMIN, password=password)
    email = seeded.user["email"]
    if seeded.created and not admin.password:
        return f"admin {email} password {password}"
    if not seeded.is_admin:
        return f"no admin: {email} is a plain user; see .venv/bin/python -m auth_service users role --help"
    return f"admin {email}"
