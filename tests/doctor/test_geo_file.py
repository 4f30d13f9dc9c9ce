"""The state of the city database, and of its last update."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from mmdb_writer import MMDBWriter

from auth_service.doctor import geo_file
from auth_service.doctor.findings import Level
from auth_service.geo import state
from auth_service.geo.failures import UpdateFailed
from auth_service.geo.source import open_source
from auth_service.geo.state import State
from auth_service.settings.settings import Settings
from tests.support.settings import environment

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OK, WARNING, PROBLEM, _ = Level


def levels(findings):
    return [finding.level for finding in findings]


def city_file(path, kind="GeoLite2-City", **variables):
    MMDBWriter(database_type=kind).to_db_file(str(path))
    return geo_settings(path, **variables)


def geo_settings(path=None, **variables):
    return Settings.from_env(environment(GEO_DB_FILE_PATH=path, **variables), dotenv=None).geo


def test_a_geo_file_is_read_for_its_age(tmp_path):
    geo = city_file(tmp_path / "city.mmdb")
    now = datetime.fromtimestamp(time.time(), timezone.utc)
    assert levels(geo_file.examine(geo, now=now)) == [OK]
    (old,) = geo_file.examine(geo, now=now + timedelta(days=31))
    assert old.level is WARNING
    assert "31 days ago" in old.sentence


def test_a_geo_file_that_cannot_serve_is_a_problem(tmp_path):
    (tmp_path / "broken.mmdb").write_bytes(b"nothing")
    missing, broken = (geo_settings(tmp_path / name) for name in ("none.mmdb", "broken.mmdb"))
    country = city_file(tmp_path / "country.mmdb", kind="GeoLite2-Country")
    found = [geo_file.examine(geo, now=NOON)[0] for geo in (missing, broken, country)]
    assert levels(found) == [PROBLEM] * 3
    assert ["no file" in found[0].sentence, "cannot be read" in found[1].sentence] == [True, True]
    assert "a city database is needed" in found[2].sentence


def test_no_geo_file_is_a_choice():
    assert levels(geo_file.examine(geo_settings(), now=NOON)) == [OK]


def test_a_geo_file_that_is_still_to_be_fetched_is_a_warning(tmp_path):
    geo = geo_settings(tmp_path / "city.mmdb", MAXMIND_LICENSE_KEY="key")
    (found,) = geo_file.examine(geo, now=NOON)
    assert (found.level, "geo update" in found.sentence) == (WARNING, True)


def test_a_failed_last_update_is_reported_as_long_as_the_source_is_the_same(tmp_path):
    geo = city_file(tmp_path / "city.mmdb", GEO_DOWNLOAD_URL="http://127.0.0.1/x")
    now = datetime.now(timezone.utc)
    failed = State().of(open_source(geo)).failed(now, UpdateFailed("mirror.example answered 500"))
    state.write(tmp_path / "city.mmdb.json", failed)
    assert levels(found := geo_file.examine(geo, now=now)) == [OK, WARNING]
    assert found[1].sentence == "the last update failed: mirror.example answered 500"
    other = geo_settings(tmp_path / "city.mmdb", GEO_DOWNLOAD_URL="http://127.0.0.1/y")
    assert levels(geo_file.examine(other, now=now)) == [OK]


def test_an_account_without_a_key_is_a_warning():
    assert levels(geo_file.examine(geo_settings(MAXMIND_ACCOUNT_ID="1"), now=NOON)) == [WARNING, OK]


@pytest.mark.parametrize("path", ["/nowhere/city.mmdb", "/" + "a" * 300, "/" + "a/" * 3000, "/etc", "/etc/passwd/x"])
@pytest.mark.parametrize("source", [{}, {"GEO_DOWNLOAD_URL": "https://example.com/x"}])
def test_a_path_at_which_there_can_be_no_file_is_a_finding(path, source):
    assert levels(geo_file.examine(geo_settings(path, **source), now=NOON))[0] in (PROBLEM, WARNING)
