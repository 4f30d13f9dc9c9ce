"""`factors reseal`: the secrets of second factors, and the key that seals them."""

import click
from flask.cli import AppGroup

from auth_service.commands.clear_errors import clear_errors
from auth_service.services.credentials.sealing import seal_by
from auth_service.services.factors.resealing import reseal as reseal_all
from auth_service.web.context import settings

factors = AppGroup("factors", help="The secrets of second factors.")

NO_KEY = "DATA_KEY is not set: there is nothing to seal with"
LOST = "{number} secrets do not open by DATA_KEY or DATA_KEY_PREVIOUS: nothing was changed about them"


@factors.command("reseal")
@clear_errors()
def reseal() -> None:
    """Seal all secrets by DATA_KEY, so that DATA_KEY_PREVIOUS can go; it can be stopped, and run again."""
    seal = seal_by(settings().factors.key, settings().factors.previous_key)
    if seal is None:
        raise click.ClickException(NO_KEY)
    done = reseal_all(seal)
    click.echo(f"{done.resealed} secrets are sealed by DATA_KEY now")
    if done.lost:
        raise click.ClickException(LOST.format(number=done.lost))
