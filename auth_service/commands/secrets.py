"""`secrets new` makes a secret, `secrets rotate` says how to replace those in use. Neither needs a database."""

import re
import secrets as randomness
from collections.abc import Mapping

import click
from flask.cli import AppGroup

from auth_service.settings.settings import merge_dotenv

SECRET_BYTES = 48  # 64 characters in base64
DATA_KEY_BYTES = 32  # for AES-256
SHARED, ACCESS, REFRESH, PREVIOUS = "JWT_SECRET", "JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET", "JWT_SECRET_PREVIOUS"
FIRST = "# Nothing is changed yet. Replace these lines where the settings are, and restart; nobody is logged out:"
NEXT = f"# Later, once `doctor` says that {PREVIOUS} can go, these:"
UNUSED = f"{SHARED} is set and signs nothing: {ACCESS} and {REFRESH} are set as well. Remove it."
IN_PROGRESS = f"{PREVIOUS} is set, and tokens of that secret will be refused. `doctor` says how long to wait."

secrets = AppGroup("secrets", help="Make secrets, and replace them.")


@secrets.command("new", with_appcontext=False)
@click.option("--data", is_flag=True, help="For DATA_KEY instead.")
def new_secret(data: bool) -> None:
    """Print a strong secret, for JWT_SECRET; it needs no configuration."""
    click.echo(randomness.token_urlsafe(DATA_KEY_BYTES) if data else _fresh())


@secrets.command("rotate", with_appcontext=False)
def rotate() -> None:
    """Print the lines that replace each secret that signs tokens; nothing is changed."""
    variables = merge_dotenv(None, ".env")
    names = _signing(variables)
    if not all(variables.get(name) for name in names):
        raise click.ClickException(f"{SHARED} is not set; `secrets new` prints a secret for it.")
    if SHARED not in names and variables.get(SHARED):
        click.echo(UNUSED, err=True)
    if variables.get(PREVIOUS):
        click.echo(IN_PROGRESS, err=True)
    present = {name: variables[name].strip() for name in names}
    for number, secret in enumerate(dict.fromkeys(present.values())):
        click.echo(NEXT if number else FIRST)
        fresh = _fresh()
        for name in (name for name in names if present[name] == secret):
            click.echo(f"{name}={fresh}")
        click.echo(f"{PREVIOUS}={_quoted(secret)}")


def _signing(variables: Mapping[str, str]) -> list[str]:
    """The names of the variables whose secrets sign: `JWT_SECRET` does for each of the other two that is not set."""
    own = [name for name in (ACCESS, REFRESH) if variables.get(name)]
    return own if len(own) == 2 else [SHARED, *own]


def _fresh() -> str:
    return randomness.token_urlsafe(SECRET_BYTES)


def _quoted(value: str) -> str:
    """`value` as a `.env` file has it."""
    if re.fullmatch(r"[\w.+/=-]+", value, re.ASCII):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
