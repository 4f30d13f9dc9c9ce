"""`secrets new`: makes a secret. It needs no settings, for the first secret is made before there are any."""

import secrets as randomness

import click
from flask.cli import AppGroup

SECRET_BYTES = 48  # 64 characters in base64

secrets = AppGroup("secrets", help="Make secrets.")


@secrets.command("new", with_appcontext=False)
def new_secret() -> None:
    """Print a strong secret, for JWT_SECRET; it needs no configuration."""
    click.echo(randomness.token_urlsafe(SECRET_BYTES))
