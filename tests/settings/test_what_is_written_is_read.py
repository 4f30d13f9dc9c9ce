"""A setting is read as it was written, or it is refused, by its name."""

from datetime import timedelta

import pytest

from auth_service.settings.environment import ConfigurationError
from auth_service.settings.misspelt import misspelt
from auth_service.settings.settings import Settings, merge_dotenv
from tests.support.settings import SECRET, problems, settings

DURATIONS = (
    "JWT_ACCESS_EXPIRES_IN",
    "JWT_REFRESH_EXPIRES_IN",
    "SESSION_EXPIRES_IN",
    "SESSION_ABSOLUTE_EXPIRES_IN",
    "SESSION_ABSOLUTE_EXPIRES_IN_ADMIN",
    "COOKIE_REFRESH_MAX_AGE",
)


@pytest.mark.parametrize("text", ["1h-30m", "1h+30m", "1h 30m", "1h30", "+5m", "5 m", "1h\u0663m", "1h30m-"])
def test_a_duration_with_a_sign_or_a_space_inside_is_refused(text):
    [problem] = problems(JWT_ACCESS_EXPIRES_IN=text)
    assert problem == "JWT_ACCESS_EXPIRES_IN must be a duration such as 5m, 14d or 1h30m"


@pytest.mark.parametrize("name", DURATIONS)
def test_what_is_shorter_than_a_second_is_refused(name):
    [problem] = problems(**{name: "999ms"})
    assert problem.startswith(f"{name} must be at least 1s")


def test_seconds_where_milliseconds_are_meant_are_refused_with_the_reason():
    [problem] = problems(COOKIE_REFRESH_MAX_AGE="900")
    assert problem == "COOKIE_REFRESH_MAX_AGE must be at least 1s: a plain number is milliseconds"


def test_a_secret_that_signs_nothing_is_named():
    both = {name: name + SECRET for name in ("JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET")}
    (warning,) = [each for each in settings(**both).warnings() if "JWT_SECRET" in each]
    assert "signs nothing" in warning
    assert settings(**both, JWT_SECRET=None, APP_ENV="development").warnings() == []


# names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("JWT_ACCES_EXPIRES_IN", "JWT_ACCESS_EXPIRES_IN"),
        ("TRUST_PROXYS", "TRUST_PROXY"),
        ("RATELIMIT_LOGINS", "RATELIMIT_LOGIN"),
        ("db_url", "DB_URL"),
        ("COOKIE_SAMESITE", "COOKIE_SAME_SITE"),
    ],
)
def test_a_name_that_is_almost_a_settings_is_named(name, meant):
    assert misspelt([name], Settings.variables()) == [f"{name} is not read: did you mean {meant}?"]


@pytest.mark.parametrize(
    "name",
    ["JWT_EXPIRES_IN", "SESSION_LIFETIME", "COOKIE_DOMAIN", "RATELIMIT_DEFAULT", "GEO_FILE", "CORS_ORIGIN_LIST",
     "BCRYPT_SALT", "REFRESH_TOKEN_SECRET", "TRUST_PROXY_HOPS", "LOGIN_ATTEMPTS", "jwt_ttl"],
)  # fmt: skip
def test_a_name_that_begins_as_only_ours_do_is_named(name):
    [sentence] = misspelt([name], Settings.variables())
    assert sentence.startswith(f"{name} is not read: ")


OTHERS = (
    *("PATH", "HOME", "HOSTNAME", "HOSTTYPE", "LANG", "PWD", "SHELL", "USER", "TERM", "LOGNAME", "MAIL", "EDITOR"),
    *("SHLVL", "SESSION_MANAGER", "XDG_SESSION_ID", "DB_HOST", "DB_PASSWORD", "DB_NAME", "HOST_IP", "LOG_FORMAT"),
    *("APP_KEY", "APP_DEBUG", "WEB_PORT", "API_KEY", "ADMIN_PORT", "METRICS_PORT", "PASSWORD_STORE_DIR", "STOP_SIGNAL"),
    *(
        "GEO_SERVICE_HOST",
        "GEO_SERVICE_PORT_HTTP",
        "GEO_PORT",
        "SESSION_PORT_6379_TCP_ADDR",
        "IMPORT_PATH",
        "AUDIT_LOG",
    ),
    *("COOKIE", "GUNICORN_CMD_ARGS", "GRANIAN_PORT", "JAVA_HOME", "INVOCATION_ID", "DBUS_SESSION_BUS_ADDRESS"),
)


def test_settings_and_the_variables_of_other_programs_are_not_named():
    assert misspelt([*OTHERS, *Settings.variables()], Settings.variables()) == []


# the file


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_a_named_problem(tmp_path, encoding):
    path = tmp_path / ".env"
    path.write_text("APP_NAME=Zürich\n", encoding=encoding)
    with pytest.raises(ConfigurationError) as refusal:
        merge_dotenv({}, str(path))
    assert refusal.value.problems == [f"{path} cannot be read: it is not UTF-8 text"]


@pytest.mark.parametrize("line", ["TRUST_PROXY: 1", "= 1", "PORT 3020"])
def test_a_line_that_is_no_assignment_is_a_named_problem(tmp_path, line):
    path = tmp_path / ".env"
    path.write_text(f"# a comment\n\n{line}\n")
    with pytest.raises(ConfigurationError) as refusal:
        merge_dotenv({}, str(path))
    assert refusal.value.problems == [f"{path}, line 3: is not NAME=value"]


def test_a_file_is_read_as_it_is_written(tmp_path):
    path = tmp_path / ".env"
    path.write_text("\ufeffexport A='b c'\nD=${PATH}\nE=\n# F=1\nG=\"h\\ni\"\n", encoding="utf-8")
    assert merge_dotenv({"E": " ", "J": "k"}, str(path)) == {"A": "b c", "D": "${PATH}", "E": "", "G": "h\ni", "J": "k"}


def test_durations_that_were_accepted_before_still_are():
    assert settings(JWT_ACCESS_EXPIRES_IN="30m1h").tokens.access_lifetime == timedelta(minutes=90)
