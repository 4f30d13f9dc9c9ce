"""The headers that every answer carries, whoever gives it."""

import pytest

from tests.support.api import Api
from tests.support.cross_origin import answers

HSTS = "Strict-Transport-Security"
TWO_YEARS = "max-age=63072000; includeSubDomains"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
DOCS_PAGE = "/docs"
ASSET = "/docs/assets/start.js"


@pytest.fixture
def behind(app, app_with):
    """Builds a client of the service behind so many trusted proxies."""

    def build(proxies, **variables):
        return Api(app_with(TRUST_PROXY=proxies, **variables))

    return build


def assert_hardened(response):
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS, response.request.path
    assert len(response.headers.getlist("Content-Security-Policy")) == 1
    assert response.headers["X-Request-ID"] != ""
    assert "Server" not in response.headers


def test_every_route_answers_with_all_of_them_as_do_refusals_and_preflights(user):
    for response in answers(user, "https://stranger.example"):
        assert_hardened(response)
        if response.request.path == DOCS_PAGE and response.status_code == 200:
            continue
        assert response.headers["Content-Security-Policy"] == API_POLICY


def test_nothing_but_the_docs_own_files_may_be_stored(user):
    for response in answers(user, "https://stranger.example"):
        if not response.request.path.startswith("/docs/assets"):
            assert response.headers["Cache-Control"] == "no-store", response.request.path
    with user.get(ASSET) as asset:
        assert "max-age=3600" in asset.headers["Cache-Control"]
        assert_hardened(asset)


@pytest.mark.parametrize("path", ["/auth/x", "/profile/x", "/sessions/x/y", "/users/x/y/z", "/audit/x"])
def test_a_path_that_does_not_exist_is_not_stored_either(api, path):
    assert api.get(path).headers["Cache-Control"] == "no-store"


def test_without_the_database_they_are_the_same(unprepared_app):
    response = unprepared_app.test_client().get("/profile")
    assert response.status_code == 503
    assert_hardened(response)


def test_a_fault_of_our_own_carries_them_too(behind):
    api = behind(0)
    api.http.application.add_url_rule("/broken", view_func=lambda: 1 / 0)
    response = api.get("/broken")
    assert response.status_code == 500
    assert_hardened(response)
    assert "ZeroDivisionError" not in response.text


def test_the_docs_page_has_a_policy_of_its_own_and_is_not_framed_either(api):
    policy = api.get(DOCS_PAGE).headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert {"base-uri 'none'", "form-action 'none'"} <= set(policy)


# https


def test_over_https_browsers_are_told_to_stay_there(api):
    response = api.get("/", base_url="https://auth.example.com")
    assert response.headers[HSTS] == TWO_YEARS


def test_errors_over_https_say_it_too(api):
    for path in ("/profile", "/nowhere", "/auth/login"):
        assert api.get(path, base_url="https://auth.example.com").headers[HSTS] == TWO_YEARS


def test_over_http_nothing_is_said_of_https(api):
    assert HSTS not in api.get("/").headers


@pytest.mark.parametrize(
    ("proxies", "proto", "said"),
    [
        (0, "https", False),
        (1, "https", True),
        (1, "http", False),
        (1, None, False),
        (1, "https, http", False),
        (1, "http, https", True),
        (2, "https, http", True),
        (2, "https", False),
        (1, "HTTPS", True),  # schemes have no case (RFC 3986 section 3.1)
        (1, '"https"', True),
        (1, '", https', True),
        (1, "https;", False),
    ],
)
def test_a_trusted_proxy_says_whether_it_is_https_and_nobody_else(behind, proxies, proto, said):
    headers = {"X-Forwarded-Proto": proto} if proto else {}
    assert (HSTS in behind(proxies).get("/", headers=headers).headers) is said


@pytest.mark.parametrize(
    ("forwarded_for", "proto", "said"),
    [
        ("203.0.113.9, 192.0.2.1, 10.0.0.1", "https", True),
        ("203.0.113.9, 192.0.2.1, 10.0.0.1", "https, http", True),
        ("203.0.113.9, 192.0.2.1, 10.0.0.1", "http", False),
        ("203.0.113.9, 192.0.2.1, 10.0.0.1", "http, https", False),
        ("203.0.113.9, 192.0.2.1", "https", False),
        (None, "https", False),
    ],
)
def test_proxies_that_set_the_scheme_instead_of_appending_it_count_when_all_were_passed(
    behind, forwarded_for, proto, said
):
    headers = {"X-Forwarded-Proto": proto} | ({"X-Forwarded-For": forwarded_for} if forwarded_for else {})
    assert (HSTS in behind(3).get("/", headers=headers).headers) is said


@pytest.mark.parametrize("header", ["X-Forwarded-Ssl", "X-Forwarded-Protocol", "X-Url-Scheme", "Front-End-Https"])
def test_no_other_header_says_so(behind, header):
    assert HSTS not in behind(1).get("/", headers={header: "https" if "Proto" in header else "on"}).headers


# other origins


def test_an_allowed_origin_gets_the_same_headers_and_may_read_the_answer(behind):
    api = behind(0, CORS_ORIGINS="https://app.example.com").registered().logged_in()
    response = api.profile(headers={"Origin": "https://app.example.com"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert_hardened(response)
