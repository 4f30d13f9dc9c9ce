"""`flask sessions end --all`: ends the sessions of all users."""

import click
from flask.cli import AppGroup

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations

sessions = AppGroup("sessions", help="End sessions.")


@sessions.command("end")
@click.option("--all", "everybody", is_flag=True, help="End the sessions of all users.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@clear_errors()
def end(everybody: bool, yes: bool) -> None:
    """End all sessions of all users, as after the restore of a backup."""
    if not everybody:
        raise click.UsageError("Say --all; `flask users password` and DELETE /users/<id>/sessions end one user's.")
    if not yes:
        click.confirm("Log everybody out?", abort=True)
    click.echo(f"{operations().mass_ending.end_all()} sessions are ended")
