"""What an mmdb says of itself, and whether it is a city database that can be looked things up in."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from auth_service.geo.failures import UpdateFailed
from auth_service.geo.mmdb import open_cities, open_records

KIND = "City"  # the end of GeoLite2-City and GeoIP2-City; DBIP-City-Lite has it in the middle
CLOCKS_DIFFER = timedelta(minutes=10)
LOOKED_UP = 100  # networks


@dataclass(frozen=True, slots=True)
class Description:
    """The type, when it was built, and its size in bytes."""

    type: str
    built: datetime
    size: int


def describe(path: Path) -> Description | None:
    """What the file at `path` is; `None` when there is none, or one that cannot be read."""
    try:
        with open_cities(path) as reader:
            metadata = reader.metadata()
            built = datetime.fromtimestamp(metadata.build_epoch, timezone.utc)
            return Description(metadata.database_type, built, path.stat().st_size)
    except Exception:  # whatever a damaged file raises
        return None


def is_city(type: str) -> bool:
    """Whether a database of this type tells cities: the name ends so, apart from an edition behind it."""
    return type.endswith(KIND) or type == f"DBIP-{KIND}-Lite"


def examine(path: Path, *, replacing: Description | None, now: datetime) -> Description:
    """Describe the file at `path`, which is to take the place of `replacing`.

    Raises:
        UpdateFailed: it is no mmdb, none of cities, of the future, older than the other, or lookups in it fail.
    """
    found = describe(path)
    if found is None:
        raise UpdateFailed("what came is no mmdb")
    if not is_city(found.type):
        raise UpdateFailed(f"what came is a {found.type[:40]!a} database: one of cities is needed")
    if found.built > now + CLOCKS_DIFFER:
        raise UpdateFailed(f"what came was built in the future, on {found.built:%Y-%m-%d}")
    if replacing and is_city(replacing.type) and found.built < replacing.built:
        raise UpdateFailed(f"what came was built on {found.built:%Y-%m-%d}, before what is there")
    _require_lookups(path)
    return found


def _require_lookups(path: Path) -> None:
    """Look up the first address of some networks; each must lead where the network did."""
    try:
        with open_cities(path) as reader, open_records(path) as records:
            some = list(itertools.islice(iter(records), LOOKED_UP))
            works = bool(some) and all(records.get(network[0]) == record for network, record in some)
            for network, _ in some:
                reader.city(str(network[0]))
    except Exception as error:  # of the format, of the library, of the model: any of them means that lookups fail
        raise UpdateFailed(f"a lookup in what came fails ({type(error).__name__})") from None
    if not works:
        raise UpdateFailed("what came holds no places")
