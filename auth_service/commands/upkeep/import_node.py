"""`flask import-node`: imports the database of the Express service that this one replaces."""

import click
from flask.cli import with_appcontext

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations
from auth_service.services.imports.node_import import ImportRefused, Report
from auth_service.settings.environment import ConfigurationError
from auth_service.web.context import settings


@click.command("import-node")
@click.option(
    *("--from", "source"),
    metavar="URL",
    prompt="URL of its database",
    hide_input=True,
    help="Its database, which may be that of DB_URL; asked for without echo.",
)
@with_appcontext
@clear_errors()
def import_node(source: str) -> None:
    """Import users with their passwords and their active sessions. It may be run again, which imports nothing twice."""
    try:
        report = operations().node_import.run(source, progress=lambda count: click.echo(f"{count} users read"))
    except ImportRefused as error:
        raise click.ClickException(str(error)) from None
    except ConfigurationError:
        raise click.BadParameter("is not a valid MongoDB URL", param_hint="--from") from None
    _print(report)
    if report.left_out:
        click.get_current_context().exit(1)


def _print(report: Report) -> None:
    source = "in place" if report.in_place else "from another database, which was only read"
    counts = report.counts
    click.echo(f"{counts['users']} users and {counts['sessions']} sessions taken over, {source}")
    if counts["indexes"]:
        click.echo(f"{counts['indexes']} indexes of the other service were dropped, which conflict with this one's")
    if counts["sessions"] and not settings().imports.secret:
        click.echo("IMPORT_JWT_SECRET is not set: until it is, imported sessions cannot be refreshed", err=True)
    for sentence in report.left_out:
        click.echo(f"left out: {sentence}", err=True)
