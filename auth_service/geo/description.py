"""Reads the metadata of an mmdb, and checks that it is a city database in which lookups work."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from auth_service.geo.failures import UpdateFailed
from auth_service.geo.mmdb import open_cities, open_records

CITY = "City"  # ends GeoLite2-City and GeoIP2-City; DBIP-City-Lite has it in the middle
CLOCKS_DIFFER = timedelta(minutes=10)
LOOKED_UP = 100  # networks


@dataclass(frozen=True, slots=True)
class Description:
    """The metadata of an mmdb: its type, the time it was built (UTC), and its size in bytes."""

    database_type: str
    built: datetime
    size: int


def describe(path: Path) -> Description | None:
    """The metadata of the file at `path`; `None` when there is no file, or it cannot be read."""
    try:
        with open_cities(path) as reader:
            metadata = reader.metadata()
            built = datetime.fromtimestamp(metadata.build_epoch, timezone.utc)
            return Description(metadata.database_type, built, path.stat().st_size)
    except Exception:  # whatever a damaged file raises
        return None


def is_city(database_type: str) -> bool:
    """Whether a database of this type holds cities."""
    return database_type.endswith(CITY) or database_type == f"DBIP-{CITY}-Lite"


def examine(path: Path, *, replacing: Description | None, now: datetime) -> Description:
    """Describe the file at `path`, a candidate to replace the file that `replacing` describes.

    Raises:
        UpdateFailed: it is no city database, its build time is in the future or before that of `replacing`, or lookups
            in it fail.
    """
    found = describe(path)
    if found is None:
        raise UpdateFailed("what came is no mmdb")
    if not is_city(found.database_type):
        raise UpdateFailed(f"what came is a {found.database_type[:40]!a} database: one of cities is needed")
    if found.built > now + CLOCKS_DIFFER:
        raise UpdateFailed(f"what came was built in the future, on {found.built:%Y-%m-%d}")
    if replacing and is_city(replacing.database_type) and found.built < replacing.built:
        raise UpdateFailed(f"what came was built on {found.built:%Y-%m-%d}, before what is there")
    _require_lookups(path)
    return found


def _require_lookups(path: Path) -> None:
    """Look up the first address of some networks; each must have the record of its network."""
    try:
        with open_cities(path) as reader, open_records(path) as records:
            some = list(itertools.islice(iter(records), LOOKED_UP))
            works = bool(some) and all(records.get(network[0]) == record for network, record in some)
            for network, _ in some:
                reader.city(str(network[0]))
    except Exception as error:  # whichever the libraries raise, lookups fail
        raise UpdateFailed(f"a lookup in what came fails ({type(error).__name__})") from None
    if not works:
        raise UpdateFailed("what came holds no places")
