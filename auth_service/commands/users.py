"""`flask users …`: lists, shows, creates and deletes users, and changes their roles and passwords."""

import click
from flask.cli import AppGroup

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.passwords import prompt_password
from auth_service.documents.user import ADMIN, ROLES, USER
from auth_service.web.context import services

users = AppGroup("users", help="List, show, create and delete users; change roles and passwords.")

ROLE = click.Choice(sorted(ROLES))


@users.command("list")
@clear_errors()
def list_users() -> None:
    """Print all users, newest first."""
    for user in services().directory.list_all():
        click.echo(f"{user['_id']}  {user['role']:5}  {user['createdAt']:%Y-%m-%d %H:%M}  {user['email']}")


@users.command("add")
@click.argument("email")
@click.option("--role", type=ROLE, default=USER, show_default=True)
@clear_errors()
def add(email: str, role: str) -> None:
    """Create a user with the address EMAIL and a password, prompted for without echo."""
    registration = services().registration
    create = registration.register_admin if role == ADMIN else registration.register
    user = create(email=email, password=prompt_password())
    click.echo(f"{user['email']} is now {user['role']}")


@users.command("show")
@click.argument("email")
@clear_errors()
def show(email: str) -> None:
    """Print what is stored of the user EMAIL, except the password's hash."""
    user = services().directory.find(email=email)
    page = services().session_lists.active(user_id=str(user["_id"]))
    for name, value in {
        "id": user["_id"],
        "email": user["email"],
        "role": user["role"],
        "created": f"{user['createdAt']:%Y-%m-%d %H:%M} UTC",
        "changed": f"{user['updatedAt']:%Y-%m-%d %H:%M} UTC",
        "active sessions": f"{len(page.items)} or more" if page.end else len(page.items),
    }.items():
        click.echo(f"{name:15} {value}")


@users.command("delete")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@clear_errors()
def delete(email: str, yes: bool) -> None:
    """Delete the user EMAIL with all their sessions. The audit trail stays."""
    user = services().directory.find(email=email)
    if not yes:
        click.confirm(f"Delete {user['email']}?", abort=True)
    services().deletion.delete(user_id=str(user["_id"]))
    click.echo(f"{user['email']} is deleted")


@users.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
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
