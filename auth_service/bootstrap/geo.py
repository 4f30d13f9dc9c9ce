"""Wires the city database: who reads it, who renews it, and when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth_service.clock import Clock
from auth_service.geo.places import CityPlaces, NullPlaces, Places, open_reader
from auth_service.geo.schedule import Schedule
from auth_service.geo.source import open_source
from auth_service.settings.geo import GeoSettings

if TYPE_CHECKING:
    from auth_service.geo.updates import Updates


@dataclass(frozen=True, slots=True)
class Geo:
    """The objects of the room `geo`."""

    places: Places
    updates: "Updates | None"
    schedule: Schedule


def build_geo(settings: GeoSettings, *, clock: Clock) -> Geo:
    """Open the file, if there is one; nothing is fetched yet."""
    reader = open_reader(settings.db_file_path)
    updates = _updates(settings, clock)
    return Geo(
        places=CityPlaces(reader) if reader else NullPlaces(),
        updates=updates,
        schedule=Schedule(updates=updates, reader=reader),
    )


def _updates(settings: GeoSettings, clock: Clock) -> "Updates | None":
    """Import the HTTP client, 5 MiB of memory in each worker, only where the file is fetched."""
    if open_source(settings) is None:
        return None
    from auth_service.geo.updates import open_updates  # noqa: PLC0415

    return open_updates(settings, now=clock.now)
