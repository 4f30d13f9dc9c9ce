"""What signs tokens: `secrets …` for the secrets in the settings, `keys …` for the file of keys.

No command here needs a database, or a valid configuration.
"""

import re
import secrets as randomness
from collections.abc import Mapping

import click
from flask.cli import AppGroup

from auth_service.services.tokens.key_file import KeyFileUnusable, add_key, read
from auth_service.services.tokens.signing_keys import SigningKey
from auth_service.settings.settings import merge_dotenv

SECRET_BYTES = 48  # 64 characters in base64
DATA_KEY_BYTES = 32  # for AES-256
SHARED, ACCESS, REFRESH, PREVIOUS = "JWT_SECRET", "JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET", "JWT_SECRET_PREVIOUS"
FIRST = "# Nothing is changed yet. Replace these lines where the settings are, and restart; nobody is logged out:"
NEXT = f"# Later, once `doctor` says that {PREVIOUS} can go, these:"
UNUSED = f"{SHARED} is set and signs nothing: {ACCESS} and {REFRESH} are set as well. Remove it."
IN_PROGRESS = f"{PREVIOUS} is set, and tokens of that secret will be refused. `doctor` says how long to wait."

KEYS_FILE = "JWT_KEYS_FILE"
ROLES = ("signs", "verifies")

secrets = AppGroup("secrets", help="Make secrets, and replace them.")
keys = AppGroup("keys", help="Make and list the keys of access tokens that others can verify.")


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


@keys.command("new", with_appcontext=False)
@click.argument("file", type=click.Path())
def new_key(file: str) -> None:
    """Add a key after those in FILE, which is made if there is none; a running service does not read it again."""
    try:
        _print(add_key(file))
    except KeyFileUnusable as error:
        raise click.ClickException(f"{file} {error}") from None


@keys.command("list", with_appcontext=False)
@click.argument("file", type=click.Path(), required=False)
def list_keys(file: str | None) -> None:
    """Print the ids of the keys in FILE, by default that of JWT_KEYS_FILE, in their order."""
    path = file or merge_dotenv(None, ".env").get(KEYS_FILE, "").strip()
    if not path:
        raise click.ClickException(f"{KEYS_FILE} is not set; `keys new FILE` makes a file for it.")
    try:
        _print(read(path))
    except KeyFileUnusable as error:
        raise click.ClickException(f"{path} {error}") from None


def _print(found: list[SigningKey]) -> None:
    for number, key in enumerate(found):
        click.echo(f"{key.kid}  {ROLES[min(number, 1)]}")


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
