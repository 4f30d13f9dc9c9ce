"""Prepares the database for `make run`: indexes, migrations and a first admin, whose password is printed once."""

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


def prepare(settings: Settings) -> None:
    """Make what is missing. Idempotent.

    Raises:
        SystemExit: the database cannot be used, a migration failed, or the admin's address or password is refused.
    """
    services = build_services(settings)
    try:
        with connection.patience():
            transactions.require_transactions()
            indexes.ensure_indexes()
            services.migrations.run()
            _seed_admin(services, settings.admin)
    except PyMongoError as error:
        raise SystemExit(f"The database cannot be used: {explain(error)}") from None
    except MigrationFailed as error:
        raise SystemExit(str(error)) from None
    except ServiceError as error:
        raise SystemExit(f"The admin cannot be made: {error.errors or error.message}") from None


def _seed_admin(services: Services, admin: AdminSettings) -> None:
    """Make an admin where there is none; without `ADMIN_PASSWORD`, with a random password that is printed."""
    if services.seeding.has_admin():
        return
    password = admin.password or secrets.token_urlsafe(15)
    seeded = services.seeding.seed_admin(email=admin.email or DEFAULT_ADMIN, password=password)
    if seeded.created and not admin.password:
        print(f"admin {seeded.user['email']} password {password}", flush=True)
