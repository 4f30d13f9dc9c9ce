"""Finds the place of an address in a city database; what is not known is `"unknown"`, never an error."""

import ipaddress
import logging
from pathlib import Path
from typing import Protocol

import geoip2.database
from geoip2.errors import AddressNotFoundError
from maxminddb import InvalidDatabaseError

log = logging.getLogger(__name__)

UNKNOWN = "unknown"


class Places(Protocol):
    """Anything that can say where an address is."""

    def locate(self, ip: str) -> str:
        """`"City, Region, Country"` with the parts that are known, or `"unknown"`."""


class NullPlaces:
    """Knows no place."""

    def locate(self, ip: str) -> str:
        """Always `"unknown"`."""
        return UNKNOWN


class CityDatabase:
    """A GeoLite2-City file, or one of the same form; any other raises `maxminddb.InvalidDatabaseError`."""

    def __init__(self, path: Path) -> None:
        self._reader = geoip2.database.Reader(path)
        if not self._reader.metadata().database_type.endswith("City"):
            raise InvalidDatabaseError(f"{path} is no city database")

    def locate(self, ip: str) -> str:
        """The place of `ip`; private and malformed addresses have none."""
        if not _is_public(ip):
            return UNKNOWN
        try:
            found = self._reader.city(ip)
        except (AddressNotFoundError, InvalidDatabaseError, ValueError):
            return UNKNOWN
        parts = (found.city.name, found.subdivisions.most_specific.name, found.country.name)
        return ", ".join(part for part in parts if part) or UNKNOWN


def open_places(path: str | None) -> Places:
    """The database at `path`, or one that knows no place when there is no such file or it cannot be read."""
    if not path or not Path(path).is_file():
        return NullPlaces()
    try:
        return CityDatabase(Path(path))
    except (InvalidDatabaseError, OSError) as error:
        log.error("GEO_DB_FILE_PATH cannot be read, places are unknown: %s", error)
        return NullPlaces()


def _is_public(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_global
    except ValueError:
        return False
