"""Finds the place of an IP address in a city database; a place that is not known is `"unknown"`, never an error."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from geoip2.models import City

from auth_service.geo.reader import CityReader

UNKNOWN = "unknown"
COARSE = 1  # decimals of a degree: about 11 km

Coordinates = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place: names in English, the country's ISO 3166 code, and rounded latitude and longitude."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = None
    coordinates: Coordinates | None = None

    def __str__(self) -> str:
        """`"City, Region, Country"` with the parts that are known, or `"unknown"`."""
        return ", ".join(part for part in (self.city, self.region, self.country) if part) or UNKNOWN


NOWHERE = Place()


class Places(Protocol):
    """Anything that locates IP addresses."""

    def locate(self, ip: str) -> Place:
        """The place of `ip`; `NOWHERE` when the address is private, malformed or not in the database."""


class NullPlaces:
    """Knows no place."""

    def locate(self, ip: str) -> Place:
        """Always `NOWHERE`."""
        return NOWHERE


class CityPlaces:
    """Looks public addresses up in a GeoLite2-City file, or one of the same form."""

    def __init__(self, reader: CityReader) -> None:
        self._reader = reader

    def locate(self, ip: str) -> Place:
        """The place of `ip`; `NOWHERE` for private, malformed and IPv4-mapped addresses."""
        found = self._reader.find(ip) if _is_public(ip) else None
        return NOWHERE if found is None else _place(found)


def open_reader(path: str | None) -> CityReader | None:
    """A reader of the file at `path`, which need not exist yet; `None` without a path."""
    return CityReader(Path(path)) if path else None


def _place(found: City) -> Place:
    return Place(
        city=found.city.name,
        region=found.subdivisions[0].name if found.subdivisions else None,  # the largest: England, not Berkshire
        country=found.country.name,
        country_code=found.country.iso_code,
        coordinates=_coarse(found.location.latitude, found.location.longitude),
    )


def _coarse(latitude: float | None, longitude: float | None) -> Coordinates | None:
    if latitude is None or longitude is None:
        return None
    return round(latitude, COARSE), round(longitude, COARSE)


def _is_public(ip: str) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    ordinary = getattr(address, "ipv4_mapped", None) is None and getattr(address, "scope_id", None) is None
    return address.is_global and ordinary
