"""The operator's commands: `flask --app wsgi …`. Each parses, calls a service and prints."""

import secrets as randomness
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import click
import flask.cli
from flask import Flask, current_app
from flask.cli import AppGroup
from pymongo.errors import PyMongoError

from auth_service import database
from auth_service.doctor import configuration, installation
from auth_service.doctor import races as race_game
from auth_service.doctor.findings import Finding
from auth_service.doctor.live_service import LiveService
from auth_service.errors import ServiceError
from auth_service.web.context import services, settings
from auth_service.web.permissions import audience

Command = TypeVar("Command", bound=Callable[..., None])

users = AppGroup("users", help="List users; change roles and passwords.")
secrets = AppGroup("secrets", help="Make secrets.")
commands = AppGroup("commands")


def init_app(app: Flask) -> None:
    """Register the commands. Call it last: `flask routes` is answered from here, by the finished app."""
    for command in (users, secrets, *commands.commands.values()):
        app.cli.add_command(command)
    context = click.get_current_context(silent=True)
    if context is not None and context.command is flask.cli.routes_command:
        # Flask looks for its own `routes` before the app's, and runs it once the app is loaded: which is now.
        with app.app_context():
            print_routes()
        context.exit()


def answer_without_settings() -> None:
    """Run `flask secrets new` before the settings are read, for whoever needs a first secret has none to start with."""
    context = click.get_current_context(silent=True)
    if context is not None and sys.argv[-2:] == [secrets.name, new_secret.name]:
        print_secret()
        context.exit()


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say what is wrong in one sentence and exit with 1."""
    try:
        yield
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"The database does not answer: {error}") from None


@commands.command("seed-admin")
@click.option("--email", help="By default ADMIN_EMAIL.")
@click.option("--password", help="By default ADMIN_PASSWORD, else asked for.")
@clear_errors()
def seed_admin(email: str | None, password: str | None) -> None:
    """Make an admin, unless the address has an account already."""
    admin = settings().admin
    address = email or admin.email or click.prompt("Email")
    secret = password or admin.password or _asked_password()
    database.ensure_indexes()
    seeded = services().seeding.seed_admin(email=address, password=secret)
    if not seeded.is_admin:
        raise click.ClickException(f"{seeded.user.email} is a plain user: use `flask users role EMAIL admin`")
    click.echo(f"{seeded.user.email} {'is now an admin' if seeded.created else 'was an admin already'}")


@commands.command("ensure-indexes")
@clear_errors()
def ensure_indexes() -> None:
    """Make all indexes where they are missing."""
    database.ensure_indexes()
    click.echo("All indexes are there")


@commands.command("routes")
def routes() -> None:
    """Print every route with who may call it."""
    print_routes()


@users.command("list")
@clear_errors()
def list_users() -> None:
    """Print all users, newest first."""
    for user in services().accounts.all():
        click.echo(f"{user.id}  {user.role:5}  {user.created_at:%Y-%m-%d %H:%M}  {user.email}")


@users.command("role")
@click.argument("email")
@click.argument("role")
@clear_errors()
def change_role(email: str, role: str) -> None:
    """Give the user EMAIL the role ROLE."""
    user = services().accounts.find(email=email)
    changed = services().account_changes.change_role(user_id=str(user.id), role=role)
    click.echo(f"{changed.email} is now {changed.role}")


@users.command("password")
@click.argument("email")
@clear_errors()
def set_password(email: str) -> None:
    """Give the user EMAIL another password, asked for without echo, and end all their sessions."""
    user = services().accounts.find(email=email)
    services().password_changes.set(user_id=str(user.id), password=_asked_password())
    click.echo(f"{user.email} has a new password; all their sessions are ended")


@secrets.command("new")
def new_secret() -> None:
    """Print a strong secret, for JWT_SECRET; it needs no configuration."""
    print_secret()


@commands.group("doctor", invoke_without_command=True)
def doctor() -> None:
    """Check this installation and say in plain words what is wrong."""
    if click.get_current_context().invoked_subcommand is None:
        _report(configuration.examine(settings()) + installation.examine(settings(), clock=services().clock))


@doctor.command("races")
@click.option("--url", required=True, help="Where the service answers: http://127.0.0.1:3020")
@click.option(
    "--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often each race is run."
)
@click.option("--parallel", type=click.IntRange(2, 64), default=8, show_default=True, help="Refreshes in each.")
@click.option(
    "--window", type=click.FloatRange(min=0), help="The service's, in seconds; by default REFRESH_RACE_WINDOW."
)
def races(url: str, rounds: int, parallel: int, window: float | None) -> None:
    """Play the rotation protocol against the live service at --url, with a throwaway account."""
    length = settings().tokens.race_window if window is None else timedelta(seconds=window)
    _report(race_game.play(LiveService(url), rounds=rounds, parallel=parallel, window=length))


def print_secret() -> None:
    """48 random bytes, in 64 characters."""
    click.echo(randomness.token_urlsafe(48))


def print_routes() -> None:
    """A line a route: its methods, its path, and who may call it."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:7} {rule.rule:28} {audience(rule.endpoint)}")


def _report(findings: Iterable[Finding]) -> None:
    """Print each as it comes, and exit with 1 after the last when somebody has to do something."""
    fatal = False
    for finding in findings:
        click.echo(finding)
        fatal = fatal or finding.fatal
    if fatal:
        click.get_current_context().exit(1)


def _asked_password() -> str:
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
