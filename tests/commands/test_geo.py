"""`geo …` and `privacy`, as an operator and cron run them"""

from datetime import datetime, timedelta, timezone

import pytest
from bson import ObjectId

from auth_service.geo.store import Store
from tests.support.geo.files import MAXMINDS_OWN
from tests.support.geo.server import KEY, GeoServer, mmdb

ADDRESSES = {
    "203.0.113.77": "203.0.113.0",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1::",
    "::ffff:203.0.113.77": "203.0.113.0",
    "10.1.2.0": "10.1.2.0",
    "unknown": "unknown",
}


@pytest.fixture
def flask(app, app_with, folder, tmp_path, monkeypatch):
    """Runs `flask …` with these settings; no service runs, and only `privacy` needs the database."""
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


# privacy


@pytest.fixture
def events(services, database):
    """Writes events of an age, one for each address, and reads their addresses again."""

    def write(*, days, copies=1):
        moment = services.clock.now() - timedelta(days=days)
        pattern = {"createdAt": moment, "type": "login", "outcome": "success", "purgeAt": moment + timedelta(days=900)}
        database.audit_events.insert_many(
            [{**pattern, "_id": ObjectId(), "ip": ip} for ip in ADDRESSES for _ in range(copies)]
        )

    return write


def addresses(database):
    return [event["ip"] for event in database.audit_events.find().sort("_id", 1)]


def test_privacy_truncates_the_addresses_of_old_events_alone_and_says_how_many(flask, events, database):
    events(days=91)
    events(days=89)
    told = flask("privacy").stdout
    assert "3 audit events older than 90 days have truncated addresses now" in told
    assert addresses(database) == [*ADDRESSES.values(), *ADDRESSES]
    assert "0 audit events" in flask("privacy").stdout
    assert "3 audit events older than 30 days" in flask("privacy", GEO_PRIVACY_DAYS=30).stdout


def test_privacy_works_in_batches_also_where_many_events_are_of_one_moment(events, operations, database):
    events(days=120, copies=301)
    assert operations.privacy.coarsen().events == 3 * 301
    assert set(addresses(database)) == set(ADDRESSES.values())
    assert operations.privacy.coarsen().events == 0


def test_privacy_ends_sessions_that_ran_out_and_forgets_where_accounts_were(user, operations, database, clock):
    database.users.update_one({}, {"$set": {"lastPlace": {"coordinates": [1.0, 2.0], "at": clock.now()}}})
    assert operations.privacy.coarsen() == type(operations.privacy.coarsen())(events=0, sessions=0, places=0)
    clock.advance(days=15)
    done = operations.privacy.coarsen()
    assert (done.sessions, done.places) == (1, 1)
    assert database.sessions.find_one()["ip"] == "127.0.0.0"
    assert "lastPlace" not in database.users.find_one()
