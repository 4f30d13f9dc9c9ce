"""Finds the place of an address in a city database; what is not known is `"unknown"`, never an error."""

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
    """As much as is known: names in English, the country also by its ISO 3166 code, latitude and longitude coarsely."""

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
    """Anything that can say where an address is."""

    def locate(self, ip: str) -> Place:
        """The place of `ip`; nothing of it is known when the address is private, malformed or in no database."""


class NullPlaces:
    """Knows no place."""

    def locate(self, ip: str) -> Place:
        """Always nowhere."""
        return NOWHERE


class CityPlaces:
    """What a GeoLite2-City file, or one of the same form, knows of public addresses."""

    def __init__(self, reader: CityReader) -> None:
        self._reader = reader

    def locate(self, ip: str) -> Place:
        """The place of `ip`; private and malformed addresses have none, nor have IPv4-mapped and scoped ones."""
        found = self._reader.find(ip) if _is_public(ip) else None
        return NOWHERE if found is None else _place(found)


def open_reader(path: str | None) -> CityReader | None:
    """A reader of the file at `path`, which need not be there yet."""
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
