"""Secrets, cookies and connections that are unsafe are refused, and what is unwise is warned of."""

import pytest

from tests.support.settings import SECRET, problems, settings


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
