"""Pages of the origins in `CORS_ORIGINS` may call and read the answers; nobody else's may."""

import pytest

from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.api import Api
from tests.support.cross_origin import answers, preflight
from tests.support.settings import environment

FRIENDS = ["https://app.example.com", "http://localhost:5173"]
STRANGERS = [
    "https://evil.example",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
    "https://app.example.com/",
    "https://evil.app.example.com",
    "https://appXexample.com",
    "http://app.example.com",
    "http://localhost:51730",
    "http://localhost",
    "null",
    "*",
    "",
]


@pytest.fixture
def page(app, app_with):
    """Builds a client of an application with these `CORS_ORIGINS`, registered and logged in."""

    def build(*origins):
        return Api(app_with(CORS_ORIGINS=", ".join(origins))).registered().logged_in()

    return build


def cors_headers(response):
    return {name: value for name, value in response.headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize("origin", FRIENDS)
def test_a_friends_page_may_call_with_its_cookie_and_read_the_answer(page, origin):
    api = page(*FRIENDS)
    response = api.refresh(headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "status"), [("/profile", 200), ("/users", 403), ("/users/nobody", 403), ("/nowhere", 404)]
)
def test_a_friends_page_may_read_errors_too(page, path, status):
    response = page(*FRIENDS).get(path, headers={"Origin": FRIENDS[0]})
    assert response.status_code == status
    assert response.headers["Access-Control-Allow-Origin"] == FRIENDS[0]
    assert response.headers["Access-Control-Allow-Credentials"] == "true"


def test_a_friends_page_may_read_that_its_session_ended(page):
    api = page(*FRIENDS)
    api.logout()
    response = api.verify(headers={"Origin": FRIENDS[0]})
    assert response.json["code"] == "logout"
    assert response.headers["Access-Control-Allow-Origin"] == FRIENDS[0]


@pytest.mark.parametrize(
    ("path", "method"),
    [("/auth/refresh", "POST"), ("/profile", "GET"), ("/sessions", "DELETE"), (f"/users/{'0' * 24}/admin", "PUT")],
)
def test_a_preflight_needs_no_session(page, path, method):
    response = preflight(page(*FRIENDS), path, method, FRIENDS[0])
    assert response.status_code in (200, 204)
    headers = cors_headers(response)
    assert headers["Access-Control-Allow-Origin"] == FRIENDS[0]
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert method in headers["Access-Control-Allow-Methods"].split(", ")
    assert {"authorization", "content-type"} <= set(headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert "Set-Cookie" not in response.headers


def test_strangers_get_no_cors_header_on_any_route(page):
    api = page(*FRIENDS)
    assert not [cors_headers(response) for response in answers(api, STRANGERS[0]) if cors_headers(response)]


@pytest.mark.parametrize("origin", STRANGERS)
def test_no_origin_that_resembles_a_friends_gets_a_cors_header(page, origin):
    api = page(*FRIENDS)
    for response in (api.profile(headers={"Origin": origin}), preflight(api, "/profile", "GET", origin)):
        assert not cors_headers(response)


@pytest.mark.parametrize("origin", [FRIENDS[0], "null", "*"])
def test_without_an_allow_list_nobody_gets_a_cors_header(page, origin):
    api = page()
    assert not [cors_headers(response) for response in answers(api, origin) if cors_headers(response)]


def test_an_ipv6_address_is_no_pattern(page):
    api = page("http://[::1]", "http://[::1]:5173")
    for friend in ("http://[::1]", "http://[::1]:5173"):
        assert api.profile(headers={"Origin": friend}).headers["Access-Control-Allow-Origin"] == friend
    for stranger in ("http://1.evil.example", "http://1", "http://1:5173", "http://[::1]:51730", "http://::5173"):
        assert not cors_headers(api.profile(headers={"Origin": stranger}))


def test_without_an_origin_there_is_no_allowed_one(page):
    assert "Access-Control-Allow-Origin" not in page(*FRIENDS).profile().headers


def test_an_answer_without_an_origin_is_not_cached_for_those_with_one(page):
    response = page(*FRIENDS).profile()
    assert "Origin" in response.headers.get("Vary", "") or response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "origins", ["*", "https://*.example.com", "null", "https://app.example.com/", "app.example.com", "https://a|.*"]
)
def test_patterns_and_what_is_no_origin_stop_the_start(db_url, origins):
    with pytest.raises(ConfigurationError, match="CORS_ORIGINS"):
        Settings.from_env(environment(DB_URL=db_url, CORS_ORIGINS=origins), dotenv=None)
