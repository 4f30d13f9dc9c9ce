"""`flask ensure-indexes` and `flask seed-admin`: what an empty database needs."""

import click
from flask.cli import with_appcontext

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.passwords import prompt_password
from auth_service.database import indexes
from auth_service.web.context import services, settings


@click.command("ensure-indexes")
@with_appcontext
@clear_errors()
def ensure_indexes() -> None:
    """Make all indexes where they are missing."""
    indexes.ensure_indexes()
    click.echo("All indexes are there")


@click.command("seed-admin")
@click.option("--email", help="By default ADMIN_EMAIL.")
@click.option("--password", help="By default ADMIN_PASSWORD, else asked for.")
@with_appcontext
@clear_errors()
def seed_admin(email: str | None, password: str | None) -> None:
    """Make an admin, unless the address has an account already."""
    admin = settings().admin
    address = email or admin.email or click.prompt("Email")
    secret = password or admin.password or prompt_password()
    indexes.ensure_indexes()
    seeded = services().seeding.seed_admin(email=address, password=secret)
    if not seeded.is_admin:
        raise click.ClickException(
            f"{seeded.user['email']} is a plain user: use `.venv/bin/python -m auth_service users role EMAIL admin`"
        )
    click.echo(f"{seeded.user['email']} {'is now an admin' if seeded.created else 'was an admin already'}")
