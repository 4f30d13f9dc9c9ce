"""Other sites' pages cannot use the cookie: what they send is refused and changes nothing."""

from io import BytesIO

import pytest

from tests.support.api import PASSWORD, Api, cookie_attributes

FRIEND = "https://app.example.com"
PATHS = ["/auth/login", "/auth/refresh", "/auth/logout"]

FROM_HERE = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    {"Origin": FRIEND},
    {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"},
    {"Origin": FRIEND, "Sec-Fetch-Site": "same-site"},
]
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "anything new"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": ""},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "http://localhost:80"},
    {"Origin": "http://localhost/"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil-localhost"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://localhost https://evil.example"},
    {"Origin": "http://app.example.com"},
    {"Origin": f"{FRIEND}:8443"},
    {"Origin": f"{FRIEND}.evil.example"},
    {"Origin": f"{FRIEND}/"},
    {"Origin": f"{FRIEND},https://evil.example"},
    {"Origin": "https://appXexample.com"},
    {"Origin": "https://evil.app.example.com"},
    {"Origin": "app.example.com"},
]
FORMS = [
    {"data": {"email": "user@example.com", "password": PASSWORD}},
    {"data": {"email": "user@example.com", "password": PASSWORD}, "content_type": "multipart/form-data"},
    {"data": f'{{"email": "user@example.com", "password": "{PASSWORD}"}}', "content_type": "text/plain"},
    {"data": f'{{"email": "user@example.com", "password": "{PASSWORD}"}}', "content_type": ""},
    {"data": "{}", "content_type": "text/plain; application/json"},
    {
        "chunks": b"email=user@example.com",
        "headers": {"Transfer-Encoding": "chunked"},
        "content_type": "text/plain",
        "environ_overrides": {"wsgi.input_terminated": True},
    },
]


@pytest.fixture(scope="module")
def shared_app(app_with):
    """An application that one other origin may call."""
    return app_with(CORS_ORIGINS=FRIEND)


@pytest.fixture
def behind_proxy(app, app_with):
    """A client of an application that believes one proxy."""
    return Api(app_with(TRUST_PROXY=1))


def send(api, path, **options):
    """A request that would have its effect, with the cookie alone, as a page would send it."""
    body = {"json": {"email": api.email, "password": api.password}} if path == "/auth/login" else {}
    return api.http.post(path, **body, **options)


def everything(database):
    return {name: sorted(database[name].find(), key=str) for name in database.list_collection_names()}


def named(headers):
    return ", ".join(f"{name}: {value}" for name, value in headers.items()) or "no header"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", FROM_HERE, ids=named)
def test_requests_of_this_site_of_friends_and_of_no_browser_pass(user, path, headers):
    response = send(user, path, headers=headers)
    assert response.status_code == 200, response.json
    assert cookie_attributes(response) is not None


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=named)
def test_requests_of_other_sites_are_refused_and_change_nothing(user, database, headers):
    before = everything(database)
    for path in PATHS:
        response = send(user, path, headers=headers)
        assert (response.status_code, response.json["code"]) == (403, "cross_site"), path
        assert "Set-Cookie" not in response.headers
    assert everything(database) == before
    assert user.refresh().status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", FORMS, ids=["form", "multipart", "text", "untyped", "text with a hint", "chunked"])
def test_bodies_that_any_page_can_send_have_no_effect(user, database, path, form):
    before = everything(database)
    options = {name: value for name, value in form.items() if name != "chunks"}
    stream = {"input_stream": BytesIO(form["chunks"])} if "chunks" in form else {}
    response = user.http.post(path, **options, **stream)
    assert response.status_code in (403, 415)
    assert "Set-Cookie" not in response.headers
    assert everything(database) == before
    assert user.refresh().status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_other_methods_have_no_effect(user, database, path, method):
    before = everything(database)
    body = {"email": user.email, "password": user.password}
    response = user.http.open(path, method=method, json=body, headers={"X-HTTP-Method-Override": "POST"})
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "Set-Cookie" not in response.headers
    assert everything(database) == before


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
def test_a_json_body_is_as_good_as_none(user, path):
    assert user.http.post(path, json={}).status_code == 200


def test_a_bearer_token_does_not_make_a_cross_site_logout_pass(user):
    response = user.logout(headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, response.json["code"]) == (403, "cross_site")
    assert user.verify().status_code == 204


def test_the_own_origin_is_the_one_the_request_was_sent_to(user):
    here = {"base_url": "https://auth.example.com:8443"}
    for origin, status in [
        ("https://auth.example.com:8443", 200),
        ("https://auth.example.com", 403),
        ("http://auth.example.com:8443", 403),
        ("http://localhost", 403),
    ]:
        assert user.http.post("/auth/logout", headers={"Origin": origin}, **here).status_code == status, origin


@pytest.mark.parametrize(("base_url", "origin"), [("http://h:80", "http://h"), ("https://h:443", "https://h")])
def test_the_default_port_may_be_named_or_not(user, base_url, origin):
    assert user.http.post("/auth/logout", base_url=base_url, headers={"Origin": origin}).status_code == 200


def test_behind_a_trusted_proxy_the_own_origin_is_the_one_it_was_asked_for(behind_proxy):
    forwarded = {"Host": "auth.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    for origin, status in [("https://auth.example.com", 200), ("http://auth.example.com", 403)]:
        response = behind_proxy.http.post("/auth/logout", headers={**forwarded, "Origin": origin})
        assert response.status_code == status, origin


def test_nobody_but_a_trusted_proxy_says_what_the_own_origin_is(user):
    claimed = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    for origin in ("https://localhost", "https://evil.example", "http://evil.example"):
        response = user.http.post("/auth/logout", headers={**claimed, "Origin": origin})
        assert response.json["code"] == "cross_site"
