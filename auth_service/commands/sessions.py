"""`flask sessions …`: lists and ends the sessions of one user, and ends those of all users."""

import click
from flask.cli import AppGroup

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations
from auth_service.documents.session import EndReason
from auth_service.web.context import services

sessions = AppGroup("sessions", help="List and end sessions.")


@sessions.command("list")
@click.argument("email")
@clear_errors()
def list_sessions(email: str) -> None:
    """Print the active sessions of the user EMAIL, the most recently seen first; of more than 100, the last opened."""
    user = services().directory.find(email=email)
    page = services().session_lists.active(user_id=str(user["_id"]))
    for each in page.items:
        seen = f"{each['lastSeenAt']:%Y-%m-%d %H:%M}"
        click.echo(f"{each['sessionId']}  {seen}  {each['ip']}  {each['browser']}, {each['os']}")
    if page.end:
        click.echo("There are more; these were opened last.", err=True)


@sessions.command("end")
@click.argument("email", required=False)
@click.option("--all", "everybody", is_flag=True, help="End the sessions of all users.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@clear_errors()
def end(email: str | None, everybody: bool, yes: bool) -> None:
    """End all sessions of the user EMAIL, or with --all of all users, as after the restore of a backup."""
    if bool(email) == everybody:
        raise click.UsageError("Say either the e-mail address of a user, or --all.")
    if email:
        click.echo(f"{_end_those_of(email)} sessions are ended")
        return
    if not yes:
        click.confirm("Log everybody out?", abort=True)
    click.echo(f"{operations().mass_ending.end_all()} sessions are ended")


def _end_those_of(email: str) -> int:
    user_id = str(services().directory.find(email=email)["_id"])
    return services().session_lists.end_all(user_id=user_id, reason=EndReason.REVOKED_BY_ADMIN)
