"""Checks that the file places are looked up in is there, is the right one and is not old."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import maxminddb

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.settings_groups import GeoSettings

CHECK = "geo file"
OLD = timedelta(days=30)
KIND = "City"  # in the `database_type` of GeoLite2-City and GeoIP2-City


def examine(settings: GeoSettings, *, now: datetime) -> list[Finding]:
    """Read the file's own description of itself."""
    path = settings.db_file_path
    if not path:
        return [ok(CHECK, 'GEO_DB_FILE_PATH is not set: every session\'s location is "unknown"')]
    if not Path(path).is_file():
        return [problem(CHECK, "there is no file at GEO_DB_FILE_PATH: put one there, or leave it empty")]
    try:
        with maxminddb.open_database(path, maxminddb.MODE_FILE) as reader:
            metadata = reader.metadata()
    except (maxminddb.InvalidDatabaseError, OSError) as error:
        return [problem(CHECK, f"GEO_DB_FILE_PATH cannot be read ({error}): download it again")]
    if KIND not in metadata.database_type:
        return [problem(CHECK, f"GEO_DB_FILE_PATH is a {metadata.database_type} file: a city database is needed")]
    return [judge(datetime.fromtimestamp(metadata.build_epoch, timezone.utc), now=now)]


def judge(built: datetime, *, now: datetime) -> Finding:
    """Whether a file built then is too old."""
    age = now - built
    if age > OLD:
        return warning(CHECK, f"built on {built:%Y-%m-%d}, {age.days} days ago: download a newer one")
    return ok(CHECK, f"built on {built:%Y-%m-%d}")
