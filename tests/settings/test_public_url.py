"""`PUBLIC_URL`, and the settings of tokens that others can verify."""

import pytest

from tests.support.settings import problems, settings

HTTPS = "PUBLIC_URL must begin with https://"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://auth.example.com", "https://auth.example.com"),
        ("HTTPS://Auth.Example.com:443", "https://auth.example.com"),
        ("https://auth.example.com:8443", "https://auth.example.com:8443"),
        ("http://localhost:3020", "http://localhost:3020"),
        ("http://127.8.0.1", "http://127.8.0.1"),
        ("http://[::1]:3020", "http://[::1]:3020"),
    ],
)
def test_it_is_kept_as_browsers_send_it(written, read):
    assert settings(PUBLIC_URL=written).service.public_url == read


@pytest.mark.parametrize(
    "text",
    ["auth.example.com", "https://auth.example.com/", "https://auth.example.com/auth", "https://auth.example.com?x=1",
     "https://ada@auth.example.com", "https://auth.example.com#x", "ftp://auth.example.com", "https://",
     "https://a.example,https://b.example", "https://m\u00fcnchen.example", "https://auth.example.com:0", "null", "*"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text):
    [problem] = problems(PUBLIC_URL=text)
    assert problem.startswith("PUBLIC_URL must be an origin such as https://auth.example.com, without a path")


@pytest.mark.parametrize("url", ["http://auth.example.com", "http://10.0.0.1:3020", "http://localhost.example.com"])
def test_http_is_refused_outside_development_unless_it_stays_on_the_machine(url):
    assert problems(PUBLIC_URL=url) == [HTTPS]
    assert problems(PUBLIC_URL=url, APP_ENV="production") == [HTTPS]
    assert settings(PUBLIC_URL=url, APP_ENV="development").service.public_url == url


def test_keys_need_an_issuer():
    assert problems(JWT_KEYS_FILE="keys.pem") == [
        "JWT_KEYS_FILE needs PUBLIC_URL, the `iss` of tokens that others can verify"
    ]
    read = settings(JWT_KEYS_FILE="keys.pem", PUBLIC_URL="https://auth.example.com").tokens
    assert (read.keys_file, read.audience) == ("keys.pem", None)


def test_the_name_of_a_client_is_ascii():
    sentence = "APP_NAME must be ASCII with JWT_KEYS_FILE: it is the `client_id` of tokens"
    assert problems(JWT_KEYS_FILE="keys.pem", PUBLIC_URL="https://auth.example.com", APP_NAME="Bücher") == [sentence]
    assert settings(APP_NAME="Bücher").service.name == "Bücher"


@pytest.mark.parametrize("text", ["two words", "é", "a\tb", "a" * 201])
def test_an_audience_is_one_short_text_without_spaces(text):
    [problem] = problems(JWT_AUDIENCE=text)
    assert problem.startswith("JWT_AUDIENCE must ")


def test_an_audience_without_keys_has_no_effect_and_a_start_says_so():
    sentence = "JWT_AUDIENCE has no effect without JWT_KEYS_FILE"
    assert sentence in settings(JWT_AUDIENCE="notes").warnings()
    keys = {"JWT_KEYS_FILE": "keys.pem", "PUBLIC_URL": "https://auth.example.com"}
    assert sentence not in settings(JWT_AUDIENCE="notes", **keys).warnings()
