"""`flask users …`: lists users, and changes their roles and passwords."""

import click
from flask.cli import AppGroup

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.passwords import prompt_password
from auth_service.web.context import services

users = AppGroup("users", help="List users; change roles and passwords.")


@users.command("list")
@clear_errors()
def list_users() -> None:
    """Print all users, newest first."""
    for user in services().directory.list_all():
        click.echo(f"{user['_id']}  {user['role']:5}  {user['createdAt']:%Y-%m-%d %H:%M}  {user['email']}")


@users.command("role")
@click.argument("email")
@click.argument("role")
@clear_errors()
def change_role(email: str, role: str) -> None:
    """Change the role of the user EMAIL to ROLE."""
    user = services().directory.find(email=email)
    changed = services().roles.change_role(user_id=str(user["_id"]), role=role)
    click.echo(f"{changed['email']} is now {changed['role']}")


@users.command("password")
@click.argument("email")
@clear_errors()
def set_password(email: str) -> None:
    """Set another password for the user EMAIL, prompted for without echo, and end all their sessions."""
    user = services().directory.find(email=email)
    services().password_changes.reset(user_id=str(user["_id"]), password=prompt_password())
    click.echo(f"{user['email']} has a new password; all their sessions are ended")
