"""The settings of places: the city database, where it is fetched from, and how long addresses stay whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import FILE_URL, TEXT, TOKEN, duration, integer


def _geo_file(environ: Mapping[str, str]) -> str | None:
    fetched = any(environ.get(name, "").strip() for name in ("MAXMIND_LICENSE_KEY", "GEO_DOWNLOAD_URL"))
    return "instance/geo/city.mmdb" if fetched else None


@dataclass(frozen=True, slots=True)
class GeoSettings:
    """The city database that maps addresses to places, its source, and how long addresses are kept in full."""

    heading: ClassVar[str] = "Places"

    account_id: str | None = var(
        "MAXMIND_ACCOUNT_ID",
        TOKEN,
        None,
        about="The id of the MaxMind account; older licence keys need none.",
    )
    license_key: str | None = var(
        "MAXMIND_LICENSE_KEY",
        TOKEN,
        None,
        secret=True,
        about="The MaxMind licence key; if this and `GEO_DOWNLOAD_URL` are empty, nothing is fetched.",
    )
    db_file_path: str | None = var(
        "GEO_DB_FILE_PATH",
        TEXT,
        _geo_file,
        default_words="`instance/geo/city.mmdb` if fetched, else none",
        about="The path of the city database: GeoLite2-City, or another mmdb.",
    )
    download_url: str | None = var(
        "GEO_DOWNLOAD_URL",
        FILE_URL,
        None,
        secret=True,
        about="The URL of an mmdb, mmdb.gz or tar.gz to fetch instead; `{year}` and `{month}` are filled in.",
    )
    max_age: timedelta = var(
        "GEO_MAX_AGE",
        duration(),
        timedelta(days=7),
        about="The time between a successful check for a newer file and the next one.",
    )
    privacy_days: int = var(
        "GEO_PRIVACY_DAYS",
        integer(0, 3650),
        90,
        about="After how many days the command `privacy` truncates the addresses in the audit trail.",
    )
