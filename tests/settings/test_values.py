"""What a value of the environment may be: durations, numbers, booleans and choices."""

from datetime import timedelta

import pytest

from tests.support.settings import problems, settings


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("5m", timedelta(minutes=5)),
        ("14d", timedelta(days=14)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("30m1h", timedelta(hours=1, minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1.5h", timedelta(minutes=90)),
        ("1500ms", timedelta(milliseconds=1500)),
        ("2w", timedelta(weeks=2)),
        (" 5m ", timedelta(minutes=5)),
        ("3650d", timedelta(days=3650)),
    ],
)
@pytest.mark.parametrize("name", ["JWT_ACCESS_EXPIRES_IN", "SESSION_EXPIRES_IN"])
def test_a_duration_reads_naturally(name, text, length):
    read = settings(**{name: text})
    assert length in (read.tokens.access_lifetime, read.sessions.idle_lifetime)


def test_a_plain_number_means_seconds():
    read = settings(JWT_ACCESS_EXPIRES_IN="90", JWT_REFRESH_EXPIRES_IN="3600", SESSION_ABSOLUTE_EXPIRES_IN="7200")
    assert read.tokens.access_lifetime == timedelta(seconds=90)
    assert read.tokens.refresh_lifetime == timedelta(hours=1)
    assert read.sessions.absolute_lifetime == timedelta(hours=2)


def test_a_plain_number_means_milliseconds_for_the_session_and_the_cookie():
    read = settings(SESSION_EXPIRES_IN="90000", COOKIE_REFRESH_MAX_AGE="1500")
    assert read.sessions.idle_lifetime == timedelta(seconds=90)
    assert read.cookie.max_age == timedelta(milliseconds=1500)


@pytest.mark.parametrize(
    "text",
    ["0", "0s", "-5m", "-1", "5x", "5M", "m", "five minutes", "1h 30q", "NaN", "inf", "1e9d", "3651d", "99999w",
     "9" * 40, "9" * 40 + "h", "5m!", "\u0665m", "1.5", ".", "1..5h", "h1", "--5m", "+", "1_0m"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text):
    [problem] = problems(JWT_ACCESS_EXPIRES_IN=text)
    assert problem.startswith("JWT_ACCESS_EXPIRES_IN ")


# booleans, numbers, choices


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("False", False), (" false ", False)])
def test_a_boolean_is_true_or_false(text, value):
    assert settings(API_DOCS=text).service.api_docs is value


@pytest.mark.parametrize("text", ["1", "0", "yes", "no", "on", "off", "t", "truee", "null"])
def test_what_is_no_boolean_is_refused(text):
    assert problems(API_DOCS=text) == ["API_DOCS must be true or false"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "3020.5"),
        ("PORT", "http"),
        ("PORT", "\u0663"),
        ("PORT", "9" * 5000),
        ("BCRYPT_ROUNDS", "3"),
        ("BCRYPT_ROUNDS", "32"),
        ("TRUST_PROXY", "true"),
        ("TRUST_PROXY", "-1"),
        ("WEB_CONCURRENCY", "0"),
        ("PASSWORD_MIN_LENGTH", "0"),
        ("PASSWORD_MIN_LENGTH", "1025"),
        ("PASSWORD_BREACH_URL", "api.pwnedpasswords.com"),
        ("PASSWORD_BREACH_URL", "ftp://example.com/"),
        ("RATELIMIT_STORAGE_URL", "localhost:6379"),
        ("RATELIMIT_STORAGE_URL", "memory://"),
        ("PASSWORD_BREACH_URL", "https://user:word@example.com/"),
        ("PASSWORD_BREACH_URL", "https://example.com/?range="),
        ("PASSWORD_BREACH_URL", "https://example.com:65536/"),
        ("GEO_DOWNLOAD_URL", "ftp://example.com/city.mmdb"),
        ("GEO_DOWNLOAD_URL", "https://example.com"),
        ("GEO_DOWNLOAD_URL", "https://example.com/{day}.mmdb"),
        ("GEO_DOWNLOAD_URL", "https://example.com:65536/city.mmdb"),
        ("GEO_DOWNLOAD_URL", "https://example.com/a b"),
        ("GEO_PRIVACY_DAYS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("COOKIE_SAME_SITE", "sometimes"),
        ("STOP_DELAY", "soon"),
        ("STOP_DELAY", "21s"),
    ],
)
def test_what_is_out_of_its_range_is_refused_by_name(name, text):
    [problem] = problems(**{name: text})
    assert problem.startswith(f"{name} must be ")


@pytest.mark.parametrize("rounds", [4, 12, 31])
def test_bcrypt_rounds_go_from_4_to_31(rounds):
    assert settings(BCRYPT_ROUNDS=rounds).passwords.bcrypt_rounds == rounds


@pytest.mark.parametrize("level", ["debug", "DEBUG", "Warning", "critical"])
def test_levels_are_read_without_regard_to_case(level):
    assert settings(LOG_LEVEL=level).service.log_level == level.lower()


@pytest.mark.parametrize(
    "url",
    ["http://mirror/city.mmdb", "https://u:p@example.com:8443/a/b.mmdb.gz?x=1&y=%20", "https://x/{year}/{month}.gz"],
)
def test_the_geo_file_may_come_from_any_web_address(url):
    assert settings(GEO_DOWNLOAD_URL=url).geo.download_url == url


@pytest.mark.parametrize("source", [{"MAXMIND_LICENSE_KEY": "x"}, {"GEO_DOWNLOAD_URL": "https://example.com/x"}])
def test_where_the_geo_file_is_fetched_it_has_a_place_by_itself(source):
    assert settings(**source).geo.db_file_path == "instance/geo/city.mmdb"
    assert settings(**source, GEO_DB_FILE_PATH="/var/city.mmdb").geo.db_file_path == "/var/city.mmdb"
    assert settings(MAXMIND_ACCOUNT_ID="1").geo.db_file_path is None
