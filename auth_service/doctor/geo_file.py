"""Checks that the city database exists, is of the right type, is recent, and is updated."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.geo import state
from auth_service.geo.description import describe, is_city
from auth_service.geo.source import open_source
from auth_service.geo.store import Store
from auth_service.settings.geo import GeoSettings

CHECK = "geo file"
TOO_OLD = timedelta(days=30)
FETCH = "run `.venv/bin/python -m auth_service geo update`"


def examine(settings: GeoSettings, *, now: datetime) -> list[Finding]:
    """Assess the file by its metadata, and report a failure of its last update."""
    if settings.account_id and not settings.license_key:
        advice = "set MAXMIND_LICENSE_KEY, or empty MAXMIND_ACCOUNT_ID"
        return [warning(CHECK, f"an account alone fetches nothing: {advice}"), *_file(settings, now)]
    return [*_file(settings, now), *_last_update(settings)]


def _file(settings: GeoSettings, now: datetime) -> list[Finding]:
    path, fetched = settings.db_file_path, open_source(settings) is not None
    if not path:
        return [ok(CHECK, 'GEO_DB_FILE_PATH is not set: every session\'s location is "unknown"')]
    if not os.path.isfile(path):  # `Path.is_file` raises where the folder cannot be read
        if fetched:
            return [warning(CHECK, f"there is none yet: the service fetches it when it runs, or {FETCH}")]
        return [problem(CHECK, "there is no file at GEO_DB_FILE_PATH: put one there, or leave it empty")]
    found = describe(Path(path))
    if found is None:
        return [problem(CHECK, f"GEO_DB_FILE_PATH cannot be read: {FETCH if fetched else 'download it again'}")]
    if not is_city(found.database_type):
        return [problem(CHECK, f"GEO_DB_FILE_PATH is a {found.database_type} file: a city database is needed")]
    return [assess(found.built, now=now)]


def _last_update(settings: GeoSettings) -> list[Finding]:
    """A warning if the last update from the present source failed."""
    source = open_source(settings)
    if source is None or not settings.db_file_path:
        return []
    last = state.read(Store(Path(settings.db_file_path)).state_path).of(source)
    return [warning(CHECK, f"the last update failed: {last.problem}")] if last.problem else []


def assess(built: datetime, *, now: datetime) -> Finding:
    """Whether a file that was built at the time `built` is too old."""
    age = now - built
    if age > TOO_OLD:
        return warning(CHECK, f"built on {built:%Y-%m-%d}, {age.days} days ago: download a newer one")
    return ok(CHECK, f"built on {built:%Y-%m-%d}")
