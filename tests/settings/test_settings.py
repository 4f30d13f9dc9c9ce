"""The configuration: read once, typed, every problem named at once."""

import dataclasses
from datetime import timedelta

import pytest

from auth_service.app import create_app
from auth_service.database import connection
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.settings import SECRET, environment, problems, settings

OTHER_SECRET = "zyxwvutsrqponmlkjihgfedcba9876543210-other"

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
