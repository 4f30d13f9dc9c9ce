"""`geo …`, as an operator and cron run it."""

from datetime import datetime, timedelta, timezone

import pytest

from auth_service.geo.store import Store
from tests.support.geo.files import MAXMINDS_OWN
from tests.support.geo.server import KEY, GeoServer, mmdb


@pytest.fixture
def flask(app, app_with, folder, tmp_path, monkeypatch):
    """Runs `flask …` with these settings; no service runs, and no database is needed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **variables):
        variables = {"GEO_DB_FILE_PATH": folder.path, **variables}
        outcome = app_with(prepared=False, **variables).test_cli_runner().invoke(args=arguments)
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome

    return run


def test_update_fetches_tells_and_asks_before_it_fetches_again(flask, server, folder):
    url = f"{server.url}/city"
    first = flask("geo", "update", GEO_DOWNLOAD_URL=url)
    assert (first.exit_code, "Updated: GeoLite2-City of 20" in first.stdout) == (0, True)
    second = flask("geo", "update", GEO_DOWNLOAD_URL=url)
    assert "Nothing newer than what is there: GeoLite2-City of 20" in second.stdout
    forced = flask("geo", "update", "--force", GEO_DOWNLOAD_URL=url)
    assert "Updated: GeoLite2-City of 20" in forced.stdout
    assert len(server.downloads) == 2
    assert folder.is_tidy


def test_update_says_in_one_sentence_why_not(flask, folder):
    with GeoServer(b"<html>") as mirror:
        refused = flask("geo", "update", GEO_DOWNLOAD_URL=f"{mirror.url}/city")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: The geo database was not updated: what came is no mmdb\n",
    )
    with Store(folder.path).locked():
        assert "another process is updating it" in flask("geo", "update", GEO_DOWNLOAD_URL="http://127.0.0.1:1/").stderr
    assert "There is no source" in flask("geo", "update").stderr


def test_status_tells_type_build_date_age_size_and_source(flask, folder, server):
    built = datetime.now(timezone.utc) - timedelta(days=3, hours=1)
    folder.put(mmdb(built=built))
    lines = dict(
        line.split(maxsplit=1) for line in flask("geo", "status", MAXMIND_LICENSE_KEY=KEY).stdout.splitlines()[:6]
    )
    assert lines["type"] == "GeoLite2-City"
    assert lines["built"] == f"{built:%Y-%m-%d %H:%M} UTC"
    assert (lines["age"], lines["size"], lines["source"]) == ("3 days", "0.0 MiB", "MaxMind GeoLite2-City")


def test_status_tells_the_last_failure_and_never_the_key(flask, folder):
    with GeoServer(status=500) as mirror:
        url = f"{mirror.url}/city?token={KEY}"
        texts = [flask("geo", *each, GEO_DOWNLOAD_URL=url) for each in (["update"], ["status"])]
    assert "last check" in texts[1].stdout
    assert "answered 500" in texts[1].stdout
    assert KEY not in "".join(each.stdout + each.stderr for each in texts)


def test_status_without_anything_says_so(flask):
    told = flask("geo", "status", GEO_DB_FILE_PATH=None)
    assert (told.exit_code, "none: GEO_DB_FILE_PATH is not set" in told.stdout) == (0, True)


def test_with_a_key_the_file_has_a_place_by_itself(flask):
    assert "instance/geo/city.mmdb" in flask("geo", "status", GEO_DB_FILE_PATH=None, MAXMIND_LICENSE_KEY=KEY).stdout


def test_lookup_prints_the_place_and_refuses_what_is_no_address(flask, folder):
    folder.put(MAXMINDS_OWN.read_bytes())
    told = flask("geo", "lookup", "89.160.20.112").stdout
    assert told == "Link\u00f6ping, \u00d6sterg\u00f6tland County, Sweden\nSE  (58.4, 15.6)\n"
    unknown = flask("geo", "lookup", "10.0.0.1")
    assert (unknown.exit_code, unknown.stdout) == (0, "unknown\n")
    for none in ("banana", "10.0.0", "10.0.0.1:80", "[::1]", ""):
        refused = flask("geo", "lookup", none)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "is not an IP address" in refused.stderr
