"""What the doctor makes of what it sees: settings, indexes, clocks, addresses, files and answers."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from mmdb_writer import MMDBWriter

from auth_service.doctor import addresses, configuration, durations, geo_file
from auth_service.doctor.findings import Level
from auth_service.doctor.races.live_service import Answer
from auth_service.doctor.races.rounds import Round, judge
from auth_service.geo import state
from auth_service.geo.failures import UpdateFailed
from auth_service.geo.source import open_source
from auth_service.geo.state import State
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.settings import environment

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OK, WARNING, PROBLEM, FAILED = Level


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def levels(findings):
    return [finding.level for finding in findings]


def test_the_default_settings_give_no_cause_for_complaint():
    assert set(levels(configuration.examine(settings()))) == {OK}


# secrets


@pytest.mark.parametrize("secret", ["short", "a" * 64, "abcdefg" * 10, "0123456789" * 3, "0123456789" * 4])
def test_a_secret_is_weak_by_the_rule_of_the_start(secret):
    try:
        settings(JWT_SECRET=secret)
        accepted = True
    except ConfigurationError:
        accepted = False
    found = configuration.secrets(settings(APP_ENV="development", JWT_SECRET=secret))
    assert levels(found) == [OK if accepted else WARNING]
    assert accepted or "JWT_SECRET is weak" in str(found[0])
    assert secret not in str(found[0])


def test_only_the_weak_one_of_two_secrets_is_named():
    (found,) = configuration.secrets(settings(APP_ENV="development", JWT_REFRESH_SECRET="short"))
    assert "JWT_REFRESH_SECRET is weak" in found.sentence


# cookie and CORS


ONE_SITE, TWO_SITES = "https://app.example.com,https://www.example.com", "https://app.example.com,https://other.org"


@pytest.mark.parametrize(
    ("variables", "level", "words"),
    [
        ({"APP_ENV": "development", "COOKIE_SAME_SITE": "none"}, PROBLEM, "COOKIE_SECURE=true"),
        ({"COOKIE_SAME_SITE": "none"}, WARNING, "CORS_ORIGINS allows none"),
        ({"APP_ENV": "development", "COOKIE_HTTP_ONLY": "false"}, WARNING, "COOKIE_HTTP_ONLY=true"),
        ({"CORS_ORIGINS": TWO_SITES}, WARNING, "spans example.com, other.org"),
        ({"CORS_ORIGINS": TWO_SITES, "COOKIE_SAME_SITE": "lax"}, WARNING, "COOKIE_SAME_SITE=lax"),
        ({"CORS_ORIGINS": TWO_SITES, "COOKIE_SAME_SITE": "none"}, OK, "the cookie reaches"),
        ({"CORS_ORIGINS": ONE_SITE}, OK, "right if it is served under example.com"),
        ({"CORS_ORIGINS": "https://a.shop.co.uk,https://b.shop.co.uk"}, OK, "under shop.co.uk"),
        ({"CORS_ORIGINS": "https://a.co.uk,https://b.co.uk"}, WARNING, "spans a.co.uk, b.co.uk"),
        ({"CORS_ORIGINS": "https://10.0.0.1,https://10.0.0.2:8443"}, WARNING, "spans 10.0.0.1, 10.0.0.2"),
        ({"CORS_ORIGINS": "http://app.example.com"}, WARNING, "http://app.example.com is not https"),
        ({"CORS_ORIGINS": "http://localhost:5173", "APP_ENV": "development"}, OK, "served under localhost"),
    ],
)
def test_cookie_and_cors_contradict_each_other(variables, level, words):
    found = [*configuration.cookie(settings(**variables)), *configuration.origins(settings(**variables))]
    assert [each.level for each in found if words in each.sentence] == [level]
    assert level in (OK, max(levels(found), key=list(Level).index))


# durations


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"JWT_ACCESS_EXPIRES_IN": "15d", "SESSION_EXPIRES_IN": "16d"}, "longer than JWT_REFRESH_EXPIRES_IN (14d)"),
        ({"JWT_ACCESS_EXPIRES_IN": "1h", "SESSION_EXPIRES_IN": "30m"}, "outlives its session"),
        ({"SESSION_EXPIRES_IN": "20d"}, "nothing can refresh it"),
        ({"SESSION_EXPIRES_IN": "40d", "JWT_REFRESH_EXPIRES_IN": "40d"}, "never comes to bear"),
        ({"SESSION_ABSOLUTE_EXPIRES_IN_ADMIN": "60d"}, "more often than users"),
        ({"SESSION_TOUCH_INTERVAL": "2d"}, "SESSION_TOUCH_INTERVAL (2d) is more than a tenth"),
        ({"COOKIE_REFRESH_MAX_AGE": "15d"}, "it has no effect"),
        ({"REFRESH_RACE_WINDOW": "0"}, "count as theft"),
        ({"REFRESH_RACE_WINDOW": "10m"}, "hears of no theft"),
    ],
)
def test_durations_in_an_odd_order(variables, words):
    found = durations.examine(settings(**variables))
    assert any(each.level is WARNING and words in each.sentence for each in found), found
    assert PROBLEM not in levels(found)


@pytest.mark.parametrize(("grace", "words"), [("0", "has to log in again"), ("5s", "can repeat it for 5s")])
def test_the_grace_is_told_and_is_no_warning(grace, words):
    found = durations.examine(settings(REFRESH_GRACE=grace))
    assert levels(found) == [OK, OK]
    assert words in found[1].sentence


# client addresses


def recent(*addresses, users=2):
    return [{"ip": address, "userId": number % users} for number, address in enumerate(addresses)]


@pytest.mark.parametrize(
    ("sessions", "level", "words"),
    [
        ([], OK, "no sessions yet"),
        (recent("10.0.0.5", "10.0.0.5", "10.0.0.5"), WARNING, "TRUST_PROXY=0 is too low"),
        (recent("127.0.0.1", "127.0.0.1"), WARNING, "all came from 127.0.0.1"),
        (recent("::1", "::1"), WARNING, "all came from ::1"),
        (recent("10.0.0.5", "10.0.0.5", users=1), OK, "the newest session came from 10.0.0.5"),
        (recent("10.0.0.5", "10.0.0.6"), OK, "10.0.0.5"),
        (recent("9.9.9.9", "9.9.9.9"), OK, "the newest session came from 9.9.9.9"),
        (recent("9.9.9.9", "unknown", "8.8.8.8"), WARNING, "1 of the last 3 sessions have none"),
        (recent("9.9.9.9", *["8.8.8.8"] * 8, "unknown"), OK, "9.9.9.9"),
    ],
)
def test_addresses_betray_a_proxy_that_is_not_trusted(sessions, level, words):
    found = addresses.judge(sessions, settings().service)
    assert found.level is level
    assert words in found.sentence


def test_everything_on_one_machine_is_normal_in_development():
    development = settings(APP_ENV="development").service
    assert addresses.judge(recent("127.0.0.1", "127.0.0.1"), development).level is OK


def test_the_sessions_looked_at_are_the_newest(user, new_api):
    new_api().registered("bob@example.com").logged_in()
    api = new_api().called("user@example.com")
    api.login(environ_overrides={"REMOTE_ADDR": "9.9.9.9"})
    (found,) = addresses.examine(settings().service)
    assert "the newest session came from 9.9.9.9" in found.sentence


def test_sessions_that_ended_have_no_whole_address_and_are_passed_over(user, new_api):
    for name in ("bob", "eve"):
        api = new_api().registered(f"{name}@example.com").logged_in()
    api.logout()
    (found,) = addresses.examine(settings().service)
    assert "all came from 127.0.0.1" in found.sentence


# the geo file


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
    assert (found.level, "flask geo update" in found.sentence) == (WARNING, True)


def test_why_the_last_update_failed_is_told_as_long_as_the_source_is_the_same(tmp_path):
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


# parallel refreshes


WON, LOST = Answer(200, {}, "next"), Answer(401, {"code": "refresh_superseded"})
WORKS = Answer(204, {})


def judged(answers, verified=WORKS):
    return levels(judge([Round("token", [WON, LOST], WORKS, 0.0), Round("next", answers, verified, 0.0)]))


@pytest.mark.parametrize(
    ("answers", "verified", "expected"),
    [
        ([WON, LOST, LOST], WORKS, [OK, OK, OK, OK]),
        ([WON, WON, LOST], WORKS, [OK, OK, OK, OK]),  # a grace: one and the same successor
        ([WON, Answer(200, {}, "another")], WORKS, [FAILED, OK, OK, OK]),
        ([Answer(200, {}), LOST], WORKS, [FAILED, OK, OK, OK]),
        ([LOST, LOST], WORKS, [FAILED, OK, OK, OK]),
        ([WON, Answer(500, {})], WORKS, [OK, FAILED, OK, OK]),
        ([WON, Answer(401, {"code": "refresh_reused"})], WORKS, [OK, FAILED, OK, OK]),
        ([WON, Answer(401, {"code": "refresh_superseded"}, "")], WORKS, [OK, OK, FAILED, OK]),
        ([WON, LOST], Answer(401, {"code": "reused_token"}), [OK, OK, OK, FAILED]),
    ],
)
def test_each_claim_about_parallel_refreshes_can_fail(answers, verified, expected):
    assert judged(answers, verified) == expected
