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


@pytest.mark.parametrize("text", ["100/hour;10/minute", "100/hour, 10/minute", "100 per hour|10 per minute"])
def test_two_rates_are_refused(text):
    assert problems(RATELIMIT_LOGIN=text) == ["RATELIMIT_LOGIN must be one rate, such as 100/5minutes"]


@pytest.mark.parametrize("text", ["0/hour", "10/0hour"])
def test_a_rate_that_allows_nothing_or_has_no_length_is_refused(text):
    assert problems(RATELIMIT_LOGIN=text) == ["RATELIMIT_LOGIN must allow at least 1 in at least a second"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://app.example.com:443", ("https://app.example.com",)),
        ("http://app.example.com:80", ("http://app.example.com",)),
        ("https://app.example.com:80", ("https://app.example.com:80",)),
        ("https://App.example.com:8443, http://[::1]:5173", ("https://app.example.com:8443", "http://[::1]:5173")),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written, read):
    assert settings(CORS_ORIGINS=written).cors.origins == read


@pytest.mark.parametrize(
    "text",
    ["https://", "https://.", "https://-a.example", "https://a..example", "https://a:0", "https://a:65536",
     "https://a/", "https://*.example.com", "null", "*", "https://a?b", "https://u@a"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text):
    [problem] = problems(CORS_ORIGINS=text)
    assert problem.startswith("CORS_ORIGINS must be origins")


@pytest.mark.parametrize(
    ("host", "address"),
    [("::1", "[::1]:3020"), ("[::1]", "[::1]:3020"), ("::", "[::]:3020"), ("127.0.0.1", "127.0.0.1:3020"),
     ("localhost", "localhost:3020")],
)  # fmt: skip
def test_an_ipv6_address_may_be_in_brackets_or_not(host, address):
    assert settings(HOST=host).service.address == address


@pytest.mark.parametrize("host", ["[::1", "1.2.3", "256.1.1.1", "http://x", "a b", "[127.0.0.1", "x:1"])
def test_what_is_no_host_is_refused(host):
    [problem] = problems(HOST=host)
    assert problem.startswith("HOST must be ")


@pytest.mark.parametrize(
    "url",
    ["http://localhost/auth", "postgres://localhost/auth", "mongodb://", "mongodb+srv://", "localhost:27017",
     "mongodb://localhost/?strange=1", "mongodb://localhost:99999/", "mongodb://a:b@c@d/", "mongodb://localhost/a b",
     "mongodb://localhost/?tlsCAFile=/nowhere.pem", "mongodb://localhost/?w=-1"],
)  # fmt: skip
def test_what_is_no_mongodb_url_is_refused_together_with_the_other_problems_and_is_not_quoted(url):
    first, second = problems(DB_URL=url, PORT="0")
    assert {first.split()[0], second.split()[0]} == {"DB_URL", "PORT"}
    assert url not in first + second


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


def test_settings_and_the_variables_of_a_usual_shell_are_not_misspelt():
    shell = ["PATH", "HOME", "HOSTNAME", "LANG", "PWD", "SHELL", "USER", "TERM", "LOGNAME", "MAIL", "EDITOR", "SHLVL"]
    assert misspelt([*shell, *Settings.variables()], Settings.variables()) == []


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
