"""`flask secrets new`, which also works before there is any configuration."""

import secrets as randomness
import sys

import click
from flask.cli import AppGroup

secrets = AppGroup("secrets", help="Make secrets.")


def answer_without_settings() -> None:
    """Run `flask secrets new` before the settings are read, for whoever needs a first secret has none to start with."""
    context = click.get_current_context(silent=True)
    if context is not None and sys.argv[-2:] == [secrets.name, new_secret.name]:
        print_secret()
        context.exit()


@secrets.command("new")
def new_secret() -> None:
    """Print a strong secret, for JWT_SECRET; it needs no configuration."""
    print_secret()


def print_secret() -> None:
    """48 random bytes, in 64 characters."""
    click.echo(randomness.token_urlsafe(48))
