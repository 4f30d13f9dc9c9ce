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
    """Where the place of an address is looked up, where that file comes from, how long addresses stay whole."""

    heading: ClassVar[str] = "Places"

    account_id: str | None = var(
        "MAXMIND_ACCOUNT_ID",
        TOKEN,
        None,
        about="The MaxMind account; leave it empty for an older licence key that works alone.",
    )
    license_key: str | None = var(
        "MAXMIND_LICENSE_KEY",
        TOKEN,
        None,
        secret=True,
        about="The MaxMind licence key; without it and `GEO_DOWNLOAD_URL`, nothing is fetched.",
    )
    db_file_path: str | None = var(
        "GEO_DB_FILE_PATH",
        TEXT,
        _geo_file,
        default_words="`instance/geo/city.mmdb` if fetched, else none",
        about="The path of the GeoLite2-City file, or of its like.",
    )
    download_url: str | None = var(
        "GEO_DOWNLOAD_URL",
        FILE_URL,
        None,
        secret=True,
        about="Another source of an mmdb, mmdb.gz or tar.gz; `{year}` and `{month}` are filled in.",
    )
    max_age: timedelta = var(
        "GEO_MAX_AGE", duration(), timedelta(days=7), about="How old the last successful check may be before the next."
    )
    privacy_days: int = var(
        "GEO_PRIVACY_DAYS",
        integer(0, 3650),
        90,
        about="After how many days `flask privacy` truncates the addresses in the audit trail.",
    )
