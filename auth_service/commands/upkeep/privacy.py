"""`privacy`, for cron: truncates addresses and forgets places that are no longer needed."""

import click
from flask.cli import with_appcontext

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations
from auth_service.web.context import settings


@click.command("privacy")
@with_appcontext
@clear_errors()
def privacy() -> None:
    """Truncate addresses in the audit trail that are older than GEO_PRIVACY_DAYS, and in sessions that have expired."""
    done = operations().privacy.coarsen()
    click.echo(f"{done.events} audit events older than {settings().geo.privacy_days} days have truncated addresses now")
    click.echo(f"{done.sessions} sessions that had expired were marked, with truncated addresses")
    click.echo(f"{done.places} last places of accounts were forgotten")
