"""Fetching the file: from whom, with which credentials, and what is done when it does not come"""

import os
import threading

import pytest

from auth_service.geo.failures import UpdateFailed
from auth_service.geo.source import open_source
from auth_service.outbound.http import TimeLimits
from tests.support.geo.fixtures import geo_settings
from tests.support.geo.server import ACCOUNT, KEY, MONDAY, TUESDAY, GeoServer, edition, gzipped, mmdb, tar_gz

CURRENT = "/geoip/databases/GeoLite2-City/download?suffix=tar.gz"
OLDER = f"/app/geoip_download?edition_id=GeoLite2-City&license_key={KEY}&suffix=tar.gz"


def failed(updates, **options):
    with pytest.raises(UpdateFailed) as refusal:
        updates.run(**options)
    assert KEY not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    return str(refusal.value)


def credentials(server):
    return [headers.get("Authorization") for _, _, headers in server.seen]


# MaxMind


def test_with_account_and_key_the_current_endpoint_is_asked_by_basic_authentication(updates, server, folder, log):
    outcome = updates(server).run()
    assert (outcome.changed, outcome.file.database_type) == (True, "GeoLite2-City")
    assert [(method, path) for method, path, _ in server.seen] == [("GET", CURRENT), ("GET", f"{CURRENT}.sha256")]
    assert None not in credentials(server)
    assert KEY not in str(server.seen)
    assert folder.is_tidy


def test_with_a_key_alone_the_older_endpoint_is_asked(updates, server, folder, log):
    assert updates(server, account=None).run().changed
    assert [path for _, path, _ in server.seen] == [OLDER, f"{OLDER}.sha256"]
    assert credentials(server) == [None, None]
    assert folder.is_tidy


def test_both_endpoints_are_maxminds_by_https():
    for account in (ACCOUNT, None):
        source = open_source(geo_settings(MAXMIND_ACCOUNT_ID=account, MAXMIND_LICENSE_KEY=KEY))
        assert source.url.startswith("https://download.maxmind.com/")
        assert KEY not in repr(source)


def test_without_a_key_there_is_no_source():
    assert open_source(geo_settings(MAXMIND_ACCOUNT_ID=ACCOUNT)) is None


def test_the_key_does_not_show_in_the_settings():
    assert KEY not in repr(geo_settings(MAXMIND_ACCOUNT_ID=ACCOUNT, MAXMIND_LICENSE_KEY=KEY))


# redirects


@pytest.mark.parametrize("account", [ACCOUNT, None], ids=["current", "older"])
def test_a_redirect_to_another_host_carries_no_credentials(updates, server, log, account):
    with GeoServer(server.body) as storage:
        server.redirect = f"{storage.url}/signed/city.tar.gz?signature=x"
        assert updates(server, account=account).run().changed
    assert storage.downloads == ["/signed/city.tar.gz?signature=x"]
    assert credentials(storage) == [None]
    assert KEY not in str(storage.seen)


def test_a_redirect_within_the_host_keeps_them(updates, server):
    server.redirect = "/geoip/elsewhere"
    failed(updates(server))  # for it redirects again and again
    assert len(server.seen) == 6
    assert None not in credentials(server)


def test_a_redirect_that_takes_the_key_to_another_host_is_not_followed(updates, server, log):
    with GeoServer(server.body) as other:
        server.redirect = f"{other.url}{OLDER}"
        assert "with the licence key" in failed(updates(server, account=None))
    assert other.seen == []


@pytest.mark.parametrize(
    "target",
    ["http://example.com/x", "ftp://example.com/x", "file:///etc/passwd", "https://[x", "//[", "https://x:99999/"],
)
def test_from_https_only_https_is_followed(target):
    source = open_source(geo_settings(MAXMIND_LICENSE_KEY=KEY))
    with pytest.raises(UpdateFailed, match="not safe"):
        source.follow(source.url, target)
    assert source.follow(source.url, "https://example.com/x") == "https://example.com/x"


def test_a_redirect_to_a_file_of_this_machine_is_not_followed_either(updates, server):
    server.redirect = "file:///etc/passwd"
    assert "not safe" in failed(updates(server))


# other sources


@pytest.mark.parametrize("pack", [bytes, gzipped, edition], ids=["mmdb", "mmdb.gz", "tar.gz"])
@pytest.mark.parametrize("checksum", ["right", None, "page"])
def test_another_url_may_be_http_and_never_gets_maxminds_credentials(updates, city_data, folder, log, pack, checksum):
    with GeoServer(pack(city_data), checksum=checksum) as mirror:
        assert updates(None, url=f"{mirror.url}/city").run().changed
    assert [path for _, path, _ in mirror.seen] == ["/city", "/city.sha256"]
    assert credentials(mirror) == [None, None]
    assert folder.path.read_bytes() == city_data


def test_a_url_can_have_the_month_in_it(updates, city_data, now):
    with GeoServer(city_data) as mirror:
        updates(None, url=f"{mirror.url}/dbip-city-lite-{{year}}-{{month}}.mmdb.gz?x=1").run()
    assert mirror.downloads == [f"/dbip-city-lite-{now():%Y-%m}.mmdb.gz?x=1"]
    assert mirror.seen[1][1] == f"/dbip-city-lite-{now():%Y-%m}.mmdb.gz.sha256?x=1"


def test_a_url_can_have_a_user_of_its_own_who_is_not_told_to_others(updates, city_data, log):
    with GeoServer(city_data) as storage, GeoServer(redirect=f"{storage.url}/x", checksum=None) as mirror:
        assert updates(None, url=mirror.url.replace("//", f"//me:{KEY}@") + "/city").run().changed
    assert credentials(mirror)[0].startswith("Basic ")
    assert credentials(storage) == [None]


def test_no_proxy_and_no_netrc_of_the_machine_is_used(updates, city_data, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with GeoServer(city_data) as mirror:
        assert updates(None, url=f"{mirror.url}/city").run().changed
    assert credentials(mirror) == [None, None]


# asking first


def test_what_is_not_newer_is_not_fetched(updates, server):
    updates(server).run()
    server.seen.clear()
    assert not updates(server).run().changed
    assert [method for method, _, _ in server.seen] == ["HEAD"]


def test_where_head_is_refused_the_date_is_sent_with_the_question(updates, server):
    server.refuses_head = True
    updates(server).run()
    server.seen.clear()
    assert not updates(server).run().changed
    assert [(method, headers.get("If-Modified-Since")) for method, _, headers in server.seen] == [
        ("HEAD", None),
        ("GET", MONDAY),
    ]


def test_what_is_newer_is_fetched(updates, server, now, folder):
    updates(server).run()
    server.last_modified = TUESDAY
    assert updates(server).run().changed
    assert len(server.downloads) == 2


def test_force_fetches_what_is_not_newer(updates, server):
    updates(server).run()
    assert updates(server).run(force=True).changed
    assert len(server.downloads) == 2


def test_a_file_that_was_exchanged_by_hand_is_fetched_anew(updates, server, folder, now):
    updates(server).run()
    now.advance(days=-3)
    folder.put(mmdb("Rome", built=now()))
    now.advance(days=3)
    assert updates(server).run().changed


def test_a_file_that_was_removed_is_fetched_anew(updates, server, folder):
    updates(server).run()
    folder.path.unlink()
    assert updates(server).run().changed
    assert folder.file


# bad days


def test_a_refused_key_is_told_as_what_it_is(updates, server, log):
    complaint = failed(updates(server, key="another"))
    assert "401" in complaint
    assert "the account or the licence key is not accepted" in complaint


@pytest.mark.parametrize("status", [204, 304, 404, 500, 503])
def test_any_other_answer_is_told_by_its_number(updates, server, folder, status):
    server.status = status
    assert f"answered {status}" in failed(updates(server))
    assert folder.is_tidy


@pytest.mark.parametrize("checksum", ["wrong"])
def test_a_wrong_checksum_leaves_the_old_file(updates, server, folder, city_data, checksum):
    folder.put(city_data)
    server.checksum = checksum
    assert "does not match its checksum" in failed(updates(server))
    assert folder.path.read_bytes() == city_data
    assert folder.is_tidy


def test_a_connection_that_breaks_off_leaves_the_old_file(updates, server, folder, city_data, log):
    folder.put(city_data)
    server.reset = True
    assert "broke off" in failed(updates(server))
    assert folder.path.read_bytes() == city_data
    assert folder.is_tidy


@pytest.mark.parametrize("headers", [{"Content-Length": "99999"}, {"Content-Length": "10"}], ids=["less", "more"])
def test_an_answer_of_another_length_than_it_says_is_refused(updates, server, folder, headers):
    server.headers = headers
    failed(updates(server))
    assert folder.names <= {"city.mmdb.lock", "city.mmdb.json"}


def test_an_answer_that_drips_is_cut_off_when_the_time_is_over(updates, server, folder):
    server.drip = True
    assert "did not answer in time" in failed(updates(server, limits=TimeLimits(2, 5, 0.5)))
    assert folder.is_tidy


def test_a_server_that_never_answers_is_given_up(updates, server):
    server.silent = True
    assert "cannot be reached" in failed(updates(server, limits=TimeLimits(2, 0.3, 20)))


def test_nobody_listening_is_told(updates, log):
    assert "cannot be reached" in failed(updates(None, account=None))


def test_stopping_cuts_a_download_and_leaves_nothing(updates, server, folder):
    server.drip = True
    running = updates(server, limits=TimeLimits())
    threading.Timer(0.3, running.stop).start()
    failed(running)
    assert folder.is_tidy


def test_more_than_may_come_is_not_read(updates, server, folder, monkeypatch):
    monkeypatch.setattr("auth_service.geo.visit.LARGEST_DOWNLOAD", 1 << 20)
    server.body = tar_gz(("x/city.mmdb", os.urandom(3 << 20)))
    assert "more than 1 MiB" in failed(updates(server))
    assert folder.is_tidy


def test_a_folder_that_cannot_be_written_to_is_told(updates, server, folder):
    folder.path.parent.parent.mkdir()
    folder.path.parent.write_text("a file in its place")
    assert "folder of GEO_DB_FILE_PATH cannot be used" in failed(updates(server))
    assert server.seen == []
