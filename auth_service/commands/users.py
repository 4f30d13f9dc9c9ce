"""`flask users …`: finds, creates, suspends and deletes users, changes roles and passwords, and makes API keys."""

from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.passwords import prompt_password
from auth_service.documents.records import UserRecord
from auth_service.documents.user import ROLES, USER
from auth_service.services.accounts.directory import Wanted
from auth_service.services.accounts.suspension import LONGEST_REASON
from auth_service.services.audit.events import EventType
from auth_service.services.origin.client import current
from auth_service.web.context import services
from auth_service.web.schemas.api_key import NewKeySchema
from auth_service.web.schemas.export import written

users = AppGroup("users", help="Find, create, suspend and delete users; change roles and passwords; make API keys.")

ROLE = click.Choice(sorted(ROLES))
SCHEMA = "/profile/export/schema"


@users.command("list")
@click.option("--role", type=ROLE, help="Only those with this role.")
@click.option("--suspended", is_flag=True, help="Only those whose account is suspended.")
@click.option("--prefix", help="Only those whose e-mail address begins so.")
@clear_errors()
def list_users(role: str | None, suspended: bool, prefix: str | None) -> None:
    """Print all users, newest first, or by address with --prefix. Suspended ones have a mark."""
    for user in services().directory.every(Wanted(role=role, suspended=suspended or None, prefix=prefix)):
        mark = "  suspended" if "suspended" in user else ""
        click.echo(f"{user['_id']}  {user['role']:5}  {user['createdAt']:%Y-%m-%d %H:%M}  {user['email']}{mark}")


@users.command("add")
@click.argument("email")
@click.option("--role", type=ROLE, default=USER, show_default=True)
@click.option("--invite", is_flag=True, help="Ask for no password: print a code by which the user sets one.")
@clear_errors()
def add(email: str, role: str, invite: bool) -> None:
    """Create a user with the address EMAIL and a password, prompted for without echo."""
    if invite:
        user, invitation = services().invitations.invite(email=email, role=role)
        click.echo(f"{user['email']} is invited until {invitation.expires_at:%Y-%m-%d %H:%M} UTC by the code")
        click.echo(invitation.code)
        return
    user = services().creation.create(email=email, password=prompt_password(), role=role, event=EventType.USER_CREATED)
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
        **_suspension(user),
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


@users.command("suspend")
@click.argument("email")
@click.option("--reason", help="Why, for other admins, in at most 200 characters.")
@clear_errors()
def suspend(email: str, reason: str | None) -> None:
    """Suspend the account of the user EMAIL and end all their sessions."""
    if len(reason or "") > LONGEST_REASON:
        raise click.UsageError(f"--reason is longer than {LONGEST_REASON} characters")
    user = services().directory.find(email=email)
    services().suspension.suspend(user_id=str(user["_id"]), reason=reason)
    click.echo(f"{user['email']} is suspended")


@users.command("restore")
@click.argument("email")
@clear_errors()
def restore(email: str) -> None:
    """Let the user EMAIL, whose account is suspended, log in again."""
    user = services().directory.find(email=email)
    services().suspension.restore(user_id=str(user["_id"]))
    click.echo(f"{user['email']} is restored")


@users.command("key")
@click.argument("email")
@click.argument("name")
@click.option("--expires-in", default="90d", show_default=True, help="How long it works, at most 366d.")
@clear_errors()
def create_key(email: str, name: str, expires_in: str) -> None:
    """Create an API key called NAME of the user EMAIL, and print it, once."""
    given = _valid({"name": name, "expiresIn": expires_in})
    user = services().directory.find(email=email)
    key = services().api_keys.create(
        user_id=str(user["_id"]), name=given["name"], lifetime=given["expires_in"], client=current.get()
    )
    click.echo(f"works until {key.session['expiresAt']:%Y-%m-%d %H:%M} UTC, for {user['email']}")
    click.echo(key.secret)


@users.command("export")
@click.argument("email")
@clear_errors()
def export(email: str) -> None:
    """Print everything that is stored about the user EMAIL as JSON, for whoever asks for their data."""
    user = services().directory.find(email=email)
    exported = services().exports.export(user_id=str(user["_id"]))
    for piece in written(exported, at=services().clock.now(), schema=SCHEMA):
        click.echo(piece, nl=False)


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


@users.command("factors")
@click.argument("email")
@click.option("--reset", is_flag=True, help="Remove all of them, and end all sessions of the user.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@clear_errors()
def list_factors(email: str, reset: bool, yes: bool) -> None:
    """Print the second factors of the user EMAIL, or remove them, for a user who has lost them."""
    user, keeping = services().directory.find(email=email), services().factor_keeping
    if reset:
        if not yes:
            click.confirm(f"Remove the second factors of {user['email']}?", abort=True)
        number = keeping.remove_all(user_id=str(user["_id"]))
        click.echo(f"{number} second factors of {user['email']} are removed; all their sessions are ended")
        return
    kept = keeping.read(user_id=str(user["_id"]))
    for factor in kept.factors:
        used = f"{factor['lastUsedAt']:%Y-%m-%d %H:%M}" if "lastUsedAt" in factor else "never"
        mark = "  suspect" if "suspectAt" in factor else ""
        created = f"{factor['createdAt']:%Y-%m-%d %H:%M}"
        click.echo(f"{factor['_id']}  {factor['kind']:7}  {created}  used {used:16}  {factor['name']}{mark}")
    click.echo(f"{kept.recovery_codes_left} recovery codes left")


def _valid(key: dict[str, str]) -> dict[str, Any]:
    """What a new key takes, as the API does.

    Raises:
        click.UsageError: the name or the duration is not valid.
    """
    try:
        given: dict[str, Any] = NewKeySchema().load(key)
    except ValidationError as error:
        sentences = [f"{field}: {' '.join(texts)}" for field, texts in error.messages_dict.items()]
        raise click.UsageError("; ".join(sentences)) from None
    return given


def _suspension(user: UserRecord) -> dict[str, str]:
    if "suspended" not in user:
        return {}
    suspended = user["suspended"]
    why = f", {suspended['reason']}" if "reason" in suspended else ""
    return {"suspended": f"{suspended['at']:%Y-%m-%d %H:%M} UTC by {suspended['by'] or 'the operator'}{why}"}
