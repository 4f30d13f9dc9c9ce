"""The configuration: read once, typed, every problem named at once"""

import dataclasses
from datetime import timedelta

import pytest

from auth_service.app import create_app
from auth_service.database import connection
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.settings import SECRET, environment

OTHER_SECRET = "zyxwvutsrqponmlkjihgfedcba9876543210-other"


def settings(**changes):
    changes = {"RATELIMIT_ENABLED": None, "LOGIN_DELAY_ENABLED": None, **changes}
    return Settings.from_env(environment(**changes), dotenv=None)


def problems(**changes):
    with pytest.raises(ConfigurationError) as refusal:
        settings(**changes)
    return refusal.value.problems


# durations


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
        ("500ms", timedelta(milliseconds=500)),
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


# where values come from


def test_the_defaults_are_the_documented_ones():
    read = settings(BCRYPT_ROUNDS=None, API_DOCS=None, LOG_LEVEL=None)
    assert (read.service.port, read.service.trusted_proxies, read.service.api_docs) == (3020, 0, False)
    assert (read.tokens.access_lifetime, read.tokens.refresh_lifetime) == (timedelta(minutes=5), timedelta(days=14))
    assert (read.sessions.absolute_lifetime, read.sessions.history_days) == (timedelta(days=30), 90)
    assert (read.cookie.secure, read.cookie.http_only, read.cookie.same_site) == (True, True, "strict")
    assert (read.passwords.bcrypt_rounds, read.passwords.min_length) == (12, 8)


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_an_empty_value_counts_as_unset(empty):
    read = settings(PORT=empty, ADMIN_EMAIL=empty, BCRYPT_ROUNDS=empty, JWT_ACCESS_SECRET=empty, APP_ENV=empty)
    assert (read.service.port, read.admin.email, read.passwords.bcrypt_rounds) == (3020, None, 12)
    assert (read.tokens.access_secret, read.service.environment) == (SECRET, "production")


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("PORT=4000\nAPP_NAME=from file\n")
    read = Settings.from_env(environment(PORT="5000"), dotenv=str(file))
    assert (read.service.port, read.service.name) == (5000, "from file")


def test_a_file_that_is_not_there_is_no_problem(tmp_path):
    assert Settings.from_env(environment(), dotenv=str(tmp_path / "none")).service.port == 3020


def test_a_dollar_sign_in_the_file_is_only_a_dollar_sign(tmp_path):
    file = tmp_path / ".env"
    file.write_text("ADMIN_PASSWORD='pa$${PORT}word'\n")
    assert Settings.from_env(environment(), dotenv=str(file)).admin.password == "pa$${PORT}word"


def test_jwt_secret_alone_suffices():
    read = settings()
    assert read.tokens.access_secret == read.tokens.refresh_secret == SECRET


def test_two_secrets_of_their_own_need_no_jwt_secret():
    read = settings(JWT_SECRET=None, JWT_ACCESS_SECRET=SECRET, JWT_REFRESH_SECRET=OTHER_SECRET)
    assert (read.tokens.access_secret, read.tokens.refresh_secret) == (SECRET, OTHER_SECRET)


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings().service.port = 1


# problems


def test_all_problems_are_named_at_once():
    found = problems(DB_URL=None, PORT="x", JWT_ACCESS_EXPIRES_IN="5x", COOKIE_SECURE="maybe", LOG_LEVEL="loud")
    assert [problem.split()[0] for problem in sorted(found)] == [
        "COOKIE_SECURE",
        "DB_URL",
        "JWT_ACCESS_EXPIRES_IN",
        "LOG_LEVEL",
        "PORT",
    ]


def test_a_weak_secret_is_named_together_with_what_is_malformed():
    found = problems(JWT_SECRET="hunter2", PORT="x")
    assert [problem.split()[0] for problem in sorted(found)] == ["JWT_SECRET", "PORT"]


def test_all_weak_secrets_and_unsafe_cookie_settings_are_named_at_once():
    secrets = {"JWT_ACCESS_SECRET": "weak", "JWT_REFRESH_SECRET": "feeble"}
    found = problems(**secrets, COOKIE_SECURE="false", COOKIE_HTTP_ONLY="false")
    assert {problem.split()[0] for problem in found} == {
        "JWT_ACCESS_SECRET",
        "JWT_REFRESH_SECRET",
        "COOKIE_SECURE",
        "COOKIE_HTTP_ONLY",
    }


ANY_TEXT = {
    *("APP_NAME", "HOST", "ADMIN_EMAIL", "ADMIN_PASSWORD"),
    *("GEO_DB_FILE_PATH", "MAXMIND_ACCOUNT_ID", "MAXMIND_LICENSE_KEY", "IMPORT_JWT_SECRET"),
}


@pytest.mark.parametrize("name", sorted(set(Settings.variables()) - ANY_TEXT - {"DB_URL"}))
def test_a_bad_value_is_named_by_its_variable_and_never_shown(name):
    [problem] = problems(**{name: "hunter2-\u00e4"})
    assert name in problem
    assert "hunter2" not in problem


@pytest.fixture
def disconnected(app, db_url):
    """Gives the process's one connection back to the other tests when the test is done."""
    yield
    connection.connect(settings(DB_URL=db_url).database)


@pytest.mark.parametrize(
    "url",
    ["mongodb://root:hunter2@:::/%%", "hunter2", "http://hunter2/", "mongodb://h/hunter2 x", "mongodb://hunter2:x"],
)
def test_a_bad_database_url_is_named_and_never_shown(disconnected, url):
    with pytest.raises(ConfigurationError) as refusal:
        create_app(settings(DB_URL=url))
    assert "DB_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_problem_stops_the_program_with_its_sentence():
    with pytest.raises(SystemExit, match="PORT must be a whole number"):
        settings(PORT="x")


def test_secrets_do_not_show_in_repr():
    secrets = {
        "DB_URL": "mongodb://root:canary-database@127.0.0.1/x",
        "JWT_SECRET": SECRET,
        "JWT_ACCESS_SECRET": SECRET + "-access",
        "JWT_REFRESH_SECRET": SECRET + "-refresh",
        "ADMIN_PASSWORD": "canary-password",
        "MAXMIND_LICENSE_KEY": "canary-key",
        "GEO_DOWNLOAD_URL": "https://me:canary-word@example.com/city?token=canary-token",
    }
    text = repr(settings(**secrets))
    assert "canary" not in text
    assert SECRET not in text


# secrets and cookies


@pytest.mark.parametrize("app_env", ["production", "test", None])
@pytest.mark.parametrize("secret", ["x", "secret", "a" * 64, "ab" * 32, SECRET[:31], "change-me"])
def test_a_weak_secret_is_refused_outside_development(app_env, secret):
    [problem] = problems(APP_ENV=app_env, JWT_SECRET=secret)
    assert problem.startswith("JWT_SECRET ")


@pytest.mark.parametrize("app_env", ["production", "test", "development"])
def test_a_missing_secret_is_refused_everywhere(app_env):
    [problem] = problems(APP_ENV=app_env, JWT_SECRET=None)
    assert "JWT_SECRET" in problem


@pytest.mark.parametrize(("given", "missing"), [("JWT_ACCESS_SECRET", "REFRESH"), ("JWT_REFRESH_SECRET", "ACCESS")])
def test_one_secret_of_its_own_is_not_enough(given, missing):
    [problem] = problems(**{"JWT_SECRET": None, given: SECRET})
    assert missing in problem


def test_a_weak_secret_is_accepted_in_development():
    assert settings(APP_ENV="development", JWT_SECRET="x").tokens.access_secret == "x"


@pytest.mark.parametrize(
    "changes",
    [
        {"COOKIE_SECURE": "false"},
        {"COOKIE_HTTP_ONLY": "false"},
        {"COOKIE_SAME_SITE": "none", "COOKIE_SECURE": "false"},
    ],
)
@pytest.mark.parametrize("app_env", ["production", "test"])
def test_an_unsafe_cookie_is_refused_outside_development(app_env, changes):
    found = problems(APP_ENV=app_env, **changes)
    assert {problem.split()[0] for problem in found} <= set(changes)


def test_an_unsafe_cookie_is_accepted_in_development():
    read = settings(APP_ENV="development", COOKIE_HTTP_ONLY="false")
    assert (read.cookie.secure, read.cookie.http_only) == (False, False)


def test_same_site_none_is_accepted_with_secure():
    assert settings(COOKIE_SAME_SITE="None").cookie.same_site == "none"


# warnings


def test_a_strong_configuration_warns_of_nothing():
    url = "mongodb://db.example.org/auth?tls=true"
    assert settings(BCRYPT_ROUNDS="12", DB_URL=url).warnings() == []


@pytest.mark.parametrize(("name", "value"), [("BCRYPT_ROUNDS", "4"), ("PASSWORD_MIN_LENGTH", "7")])
def test_what_is_unwise_is_accepted_with_one_warning(name, value):
    safe = {"BCRYPT_ROUNDS": "12", "DB_URL": "mongodb://db.example.org/auth?tls=true"}
    warnings = settings(**{**safe, name: value}).warnings()
    assert [warning.split()[0] for warning in warnings] == [name]


@pytest.mark.parametrize("url", ["mongodb://db.example.org/auth", "mongodb://db.example.org/auth?tls=false"])
def test_a_database_without_tls_is_accepted_with_one_warning(url):
    warnings = settings(BCRYPT_ROUNDS="12", DB_URL=url).warnings()
    assert [warning.split()[0] for warning in warnings] == ["DB_URL"]


@pytest.mark.parametrize(("check", "count"), [("true", 1), ("false", 0)])
def test_a_breach_check_over_plain_http_is_accepted_with_one_warning(check, count):
    safe = {"BCRYPT_ROUNDS": "12", "DB_URL": "mongodb://db.example.org/auth?tls=true"}
    read = settings(**safe, PASSWORD_BREACH_CHECK=check, PASSWORD_BREACH_URL="http://mirror.example.org/range/")
    assert [warning.split()[0] for warning in read.warnings()] == ["PASSWORD_BREACH_URL"] * count


@pytest.mark.parametrize("url", ["mongodb+srv://db.example.org/auth", "mongodb://db.example.org/auth?ssl=true"])
def test_a_database_with_tls_is_no_warning(url):
    assert settings(BCRYPT_ROUNDS="12", DB_URL=url).warnings() == []


def test_development_warns_of_nothing():
    assert settings(APP_ENV="development", BCRYPT_ROUNDS="4").warnings() == []
