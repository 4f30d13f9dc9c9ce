"""`geo …`: updates, describes and queries the city database, with or without a running service."""

import ipaddress
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from auth_service.geo.description import Description, describe
from auth_service.geo.failures import UpdateFailed
from auth_service.geo.state import State
from auth_service.geo.updates import Outcome, Updates
from auth_service.web.context import services, settings

MEBIBYTE = 1 << 20

geo = AppGroup("geo", help="The city database, which has the places of addresses.")


@geo.command("update")
@click.option("--force", is_flag=True, help="Fetch it even if it is not newer, or if the source asked for a delay.")
def update(force: bool) -> None:
    """Fetch a newer city database, check it and replace the present file."""
    updates = _updates()
    try:
        with click.progressbar(length=1, label=f"Asking {updates.source.name}") as bar:
            outcome = updates.run(force=force, progress=lambda received, total: _advance(bar, received, total))
            bar.update((bar.length or 0) - bar.pos)
    except UpdateFailed as failure:
        raise click.ClickException(f"The geo database was not updated: {failure}") from None
    click.echo(_outcome_text(outcome))


@geo.command("status")
def status() -> None:
    """Print the type, age, size and source of the file, and the last update."""
    path, updates = settings().geo.db_file_path, services().geo.updates
    found = describe(Path(path)) if path else None
    for name, value in {
        "file": path or "none: GEO_DB_FILE_PATH is not set",
        **(_file_facts(found, services().clock.now()) if found else {"type": "no file that can be read"}),
        "source": updates.source.name if updates else "none: set MAXMIND_LICENSE_KEY or GEO_DOWNLOAD_URL",
        **(_update_facts(updates.state) if updates else {}),
    }.items():
        click.echo(f"{name:13} {value}")


@geo.command("lookup")
@click.argument("ip", callback=lambda ctx, param, value: _address(value))
def lookup(ip: str) -> None:
    """Print the place of the address IP."""
    place = services().geo.places.locate(ip)
    click.echo(place)
    if place.country_code:
        click.echo(f"{place.country_code}  {place.coordinates or 'no coordinates'}")


def _address(text: str) -> str:
    """`text`, if it is an address.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise click.BadParameter("is not an IP address") from None
    return text


def _updates() -> Updates:
    updates = services().geo.updates
    if updates is None:
        raise click.ClickException("There is no source: set MAXMIND_LICENSE_KEY or GEO_DOWNLOAD_URL.")
    return updates


def _advance(bar: Any, received: int, total: int | None) -> None:
    """Move `bar` to `received` bytes of `total`; without a total it stays."""
    if total and bar.length != total:
        bar.label, bar.length = "Fetching", total
    if total:
        bar.update(received - bar.pos)


def _outcome_text(outcome: Outcome) -> str:
    file = f"{outcome.file.database_type} of {outcome.file.built:%Y-%m-%d}, {outcome.file.size / MEBIBYTE:.1f} MiB"
    return f"Updated: {file}" if outcome.changed else f"Nothing newer than what is there: {file}"


def _file_facts(found: Description, now: datetime) -> dict[str, str]:
    days = max(0, (now - found.built).days)
    return {
        "type": found.database_type,
        "built": f"{found.built:%Y-%m-%d %H:%M} UTC",
        "age": f"{days} day{'' if days == 1 else 's'}",
        "size": f"{found.size / MEBIBYTE:.1f} MiB",
    }


def _update_facts(state: State) -> dict[str, str]:
    checked = f"{state.checked_at:%Y-%m-%d %H:%M} UTC" if state.checked_at else "never"
    failed = {"last failure": f"{state.failed_at:%Y-%m-%d %H:%M} UTC: {state.problem}"} if state.failed_at else {}
    return {"last check": checked, **failed}
