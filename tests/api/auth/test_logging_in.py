"""POST /auth/login"""

import hashlib
from datetime import timedelta

import pytest

from tests.support.api import PASSWORD, Api, cookie_attributes

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FOURTEEN_DAYS = int(timedelta(days=14).total_seconds())


@pytest.fixture
def configured(app, app_with):
    """Makes a registered client of another application on the same database, with other settings."""

    def make(**changes):
        return Api(app_with(**changes)).registered()

    return make


# what it answers


def test_login_answers_the_access_token_and_the_user(api):
    response = api.registered().login()
    assert (response.status_code, response.json["message"]) == (200, "Login successful")
    assert set(response.json) == {"message", "accessToken", "user"}
    assert response.json["user"]["email"] == "ada@example.com"
    assert response.json["user"]["_id"] == api.user_id
    assert "password" not in response.json["user"]


def test_the_access_token_opens_protected_calls(api):
    assert api.registered().logged_in().profile().status_code == 200


def test_a_login_at_once_after_another_gives_other_tokens(api):
    api.registered()
    first, second = api.login(), api.login()
    assert first.json["accessToken"] != second.json["accessToken"]
    assert cookie_attributes(first)["value"] != cookie_attributes(second)["value"]


def test_tokens_must_not_be_stored_by_caches(api):
    assert api.registered().login().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("spelling", ["ADA@Example.COM", "  ada@example.com ", "\uff41da@example.com"])
def test_an_address_logs_in_however_it_is_written(api, spelling):
    assert api.registered().login(email=spelling).status_code == 200


# the cookie


def test_the_refresh_cookie_has_the_strict_attributes(api):
    cookie = cookie_attributes(api.registered().login())
    assert cookie.pop("value").count(".") == 2
    assert FOURTEEN_DAYS - 5 <= int(cookie.pop("max-age")) <= FOURTEEN_DAYS
    cookie.pop("expires", None)
    assert cookie == {"httponly": True, "secure": True, "samesite": "Strict", "path": "/auth"}


@pytest.mark.parametrize(
    ("changes", "attribute", "expected"),
    [
        ({"COOKIE_SAME_SITE": "Lax"}, "samesite", "Lax"),
        ({"COOKIE_SAME_SITE": "none"}, "samesite", "None"),
        ({"COOKIE_REFRESH_MAX_AGE": "60000"}, "max-age", "60"),
        ({"COOKIE_REFRESH_MAX_AGE": "5m"}, "max-age", "300"),
        ({"APP_ENV": "development"}, "secure", None),
        ({"APP_ENV": "development", "COOKIE_HTTP_ONLY": "false"}, "httponly", None),
    ],
)
def test_the_cookie_follows_its_settings(configured, changes, attribute, expected):
    assert cookie_attributes(configured(**changes).login()).get(attribute) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"COOKIE_REFRESH_MAX_AGE": "100d"},
        {"JWT_REFRESH_EXPIRES_IN": "1h"},
        {"SESSION_ABSOLUTE_EXPIRES_IN": "1h"},
    ],
)
def test_the_cookie_never_outlives_its_token(configured, changes):
    longest = FOURTEEN_DAYS if "COOKIE_REFRESH_MAX_AGE" in changes else 3600
    assert longest - 5 <= int(cookie_attributes(configured(**changes).login())["max-age"]) <= longest


# the session


def test_login_opens_a_session_with_device_and_address(api):
    api.registered().login(headers={"User-Agent": FIREFOX}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    session = api.profile().json["session"]
    assert (session["ip"], session["userAgent"], session["location"]) == ("203.0.113.9", FIREFOX, "unknown")
    assert (session["device"], session["browser"], session["os"]) == ("Desktop", "Firefox 140", "Linux")


def test_a_login_without_a_user_agent_opens_a_session_too(api):
    api.registered().login(headers={"User-Agent": ""})
    session = api.profile().json["session"]
    assert (session["device"], session["userAgent"]) == ("Desktop", "")


def test_each_login_opens_a_session_of_its_own(api, new_api, database):
    first = api.registered().logged_in()
    second = new_api().logged_in()
    assert first.session_id != second.session_id
    assert database.sessions.count_documents({}) == 2


def test_only_the_sha_256_of_the_refresh_token_is_stored(api, database):
    api.registered().logged_in()
    assert database.sessions.find_one()["refreshHash"] == hashlib.sha256(api.refresh_token.encode()).hexdigest()
    for name in ("users", "sessions"):
        text = str(list(database[name].find()))
        assert api.refresh_token not in text
        assert api.access_token not in text


# what is refused


def refusal(response):
    """A failed login's status, body and headers, without the request's id."""
    body = {key: value for key, value in response.json.items() if key != "requestId"}
    headers = {name: value for name, value in response.headers if name != "X-Request-ID"}
    return response.status_code, body, headers


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(api):
    api.registered()
    unknown = refusal(api.login(email="nobody@example.com"))
    wrong = refusal(api.login(password="wrong password"))
    assert unknown == wrong
    assert (unknown[0], unknown[1]["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 1025, "x" * 5000, PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD[:-1]],
)
def test_any_other_password_is_401_whether_or_not_the_policy_allows_it(api, password):
    api.registered()
    response = api.http.post("/auth/login", json={"email": api.email, "password": password})
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")


def test_a_password_that_differs_behind_its_72nd_byte_is_refused(api):
    api.called("ada@example.com", "x" * 72 + "a").registered()
    assert api.login(password="x" * 72 + "b").status_code == 401


def test_a_failed_login_opens_nothing(api, database):
    response = api.registered().login(password="wrong password")
    assert "Set-Cookie" not in response.headers
    assert database.sessions.count_documents({}) == 0


def test_a_failed_login_does_not_end_the_session_there_is(api):
    api.registered().logged_in()
    api.login(password="wrong password")
    assert api.profile().status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.com"},
        {"password": PASSWORD},
        {"email": "no address", "password": PASSWORD},
        {"email": "ada@example.com", "password": PASSWORD, "role": "admin"},
        {"email": "ada@example.com", "password": PASSWORD, "remember": True},
    ],
)
def test_what_is_no_pair_of_credentials_is_400(api, body):
    api.registered()
    response = api.http.post("/auth/login", json=body)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
