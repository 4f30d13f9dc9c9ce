"""`flask stats`: prints the numbers, sizes and ages of the stored documents."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import click
from flask.cli import with_appcontext

from auth_service.commands.clear_errors import clear_errors
from auth_service.commands.operations import operations
from auth_service.monitoring.stats import CollectionStats

HEAD = ("collection", "documents", "data", "on disk", "indexes", "oldest")
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@click.command("stats")
@with_appcontext
@clear_errors()
def stats() -> None:
    """Print how many documents each collection has, their sizes and the oldest."""
    collections = operations().stats.collections()
    total = [sum(getattr(each, name) for each in collections) for name in ("documents", "data", "storage", "indexes")]
    rows = [_row(each) for each in collections]
    _print([HEAD, *rows, ("total", f"{total[0]:,}", *(_size(each) for each in total[1:]), "")])
    sums = operations().stats.sums()
    active = "not counted within 30 s" if sums.active_sessions is None else f"{sums.active_sessions:,}"
    click.echo(f"\nactive sessions: {active}\nadmins: {sums.admins:,}")


def _row(stats: CollectionStats) -> tuple[str, ...]:
    sizes = (stats.data, stats.storage, stats.indexes)
    return (stats.name, f"{stats.documents:,}", *(_size(each) for each in sizes), _day(stats.oldest))


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(_aligned(row, widths)).rstrip())


def _aligned(row: tuple[str, ...], widths: Sequence[int]) -> Iterable[str]:
    """The cells padded to `widths`: the first and the last column to the left, numbers to the right."""
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if 0 < place < len(row) - 1 else cell.ljust(width)


def _size(size: float) -> str:
    for unit in UNITS[:-1]:
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {UNITS[-1]}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
