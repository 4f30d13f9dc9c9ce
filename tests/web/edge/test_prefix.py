"""The service below a path of its host, which a trusted proxy strips and names in `X-Forwarded-Prefix`."""

import re

import pytest

from tests.support.api import Api
from tests.support.deploy.prefixed import PREFIX, PrefixedApi, cookie_paths

PEER = "203.0.113.9"


@pytest.fixture
def below_prefix(app, app_with):
    """A browser on a service that its proxy serves below `PREFIX`."""
    return PrefixedApi(app_with(TRUST_PROXY=1)).registered()


@pytest.fixture
def paths(app, app_with):
    """The paths of the cookies of a login with these headers behind `proxies` trusted ones; `None` leaves one out."""

    def seen(proxies, prefix, forwarded_for=PEER, **more):
        names = {"HTTP_X_FORWARDED_PREFIX": prefix, "HTTP_X_FORWARDED_FOR": forwarded_for, **more}
        headers = {name: value for name, value in names.items() if value is not None}
        return cookie_paths(Api(app_with(TRUST_PROXY=proxies)).registered().login(environ_overrides=headers))

    return seen


# a session


def test_below_a_prefix_the_cookie_comes_back_and_a_refresh_succeeds(below_prefix):
    assert below_prefix.logged_in().refresh().status_code == 200
    assert below_prefix.refresh().status_code == 200


def test_below_a_prefix_a_logout_by_the_cookie_ends_the_session(below_prefix, database):
    below_prefix.logged_in()
    assert below_prefix.http.post("/auth/logout").status_code == 200
    assert database.sessions.find_one()["reason"] == "logout"


def test_below_a_prefix_a_logout_deletes_the_cookie_that_the_login_set(below_prefix):
    below_prefix.logged_in().logout()
    assert below_prefix.http.get_cookie("refreshToken", path=f"{PREFIX}/auth") is None


def test_below_a_prefix_a_known_device_stays_known(below_prefix):
    first, second = (below_prefix.login() for _ in range(2))
    assert cookie_paths(first) == cookie_paths(second) == [f"{PREFIX}/auth"] * 2


def test_the_replaced_services_cookie_is_deleted_where_it_was_set(app, app_with):
    importing = PrefixedApi(app_with(TRUST_PROXY=1, IMPORT_JWT_SECRET="x" * 40)).registered().login()
    deleted = [each for each in importing.headers.getlist("Set-Cookie") if "Max-Age=0" in each]
    assert [re.search("Path=([^;]+)", each)[1] for each in deleted] == ["/"]


# whose word counts


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("/identity", "/identity/auth"),
        ("/a/b.c/d_e~f-1", "/a/b.c/d_e~f-1/auth"),
        ("/.well-known", "/.well-known/auth"),
        ("/...", "/.../auth"),
        ("/identity/", "/identity/auth"),
        (" /identity ", "/identity/auth"),
        ("/", "/auth"),
        ("", "/auth"),
        (None, "/auth"),
        ("/" + "a" * 99, "/" + "a" * 99 + "/auth"),
    ],
)
def test_the_cookies_path_begins_with_the_trusted_prefix(paths, prefix, path):
    assert paths(1, prefix) == [path, path]


@pytest.mark.parametrize(
    "prefix",
    [
        "//evil",
        "/a//b",
        "/a//",
        "//",
        "identity",
        "/a;b",
        "/a; Domain=example.com",
        "/a\r\nSet-Cookie: x=y",
        "/a\n",
        "/../x",
        "/x/..",
        "/.",
        "/a/./b",
        "/a/../",
        "/a b",
        "/a%2fb",
        "/a?b",
        "/a#b",
        "/a\\b",
        '"/a"',
        "/\xe4",
        "https://evil.example/a",
        "/a\x00b",
        "/" + "a" * 3000,
        "/a" * 1500,
        "/" + "a" * 100,
    ],
)
def test_a_prefix_that_is_no_plain_path_is_ignored(paths, prefix):
    assert paths(1, prefix) == ["/auth", "/auth"]


@pytest.mark.parametrize(
    ("proxies", "prefix", "forwarded_for", "path"),
    [
        (0, "/identity", PEER, "/auth"),
        (0, "/identity", None, "/auth"),
        (1, "/identity", None, "/auth"),  # no proxy passed it on
        (2, "/identity", PEER, "/auth"),  # it passed one of two
        (2, "/identity", f"{PEER}, 10.0.0.1", "/identity/auth"),
        (1, "/claimed, /identity", PEER, "/identity/auth"),  # the proxy appended
        (1, "/claimed,", PEER, "/claimed/auth"),  # empty elements of a list do not count (RFC 9110 section 5.6.1)
        (1, "//evil, /identity", PEER, "/identity/auth"),
        (1, "/identity, //evil", PEER, "/auth"),
        (2, "/outer, /inner", f"{PEER}, 10.0.0.1", "/outer/inner/auth"),  # each strips its own
        (2, "/claimed, /outer, /inner", f"{PEER}, 10.0.0.1", "/outer/inner/auth"),
        (2, f"/{'a' * 60}, /{'a' * 60}", f"{PEER}, 10.0.0.1", "/auth"),
    ],
)
def test_only_trusted_proxies_name_a_prefix(paths, proxies, prefix, forwarded_for, path):
    assert paths(proxies, prefix, forwarded_for) == [path, path]


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "Script-Name", "X-Script-Name", "X-Forwarded-Path", "X-Base-Path"])
def test_no_other_header_names_one(app, app_with, header):
    api = Api(app_with(TRUST_PROXY=1)).registered()
    response = api.login(headers={header: PREFIX, "X-Forwarded-For": PEER})
    assert cookie_paths(response) == ["/auth", "/auth"]


@pytest.mark.parametrize(
    ("proxies", "prefix", "path"),
    [
        (0, None, "/inside/auth"),
        (1, None, "/inside/auth"),
        (1, "//evil", "/inside/auth"),
        (1, "/outside", "/outside/auth"),
    ],
)
def test_the_servers_own_script_name_counts_unless_a_proxy_names_another(paths, proxies, prefix, path):
    assert paths(proxies, prefix, SCRIPT_NAME="/inside") == [path, path]


# the description


def test_below_a_prefix_the_description_names_it_and_elsewhere_no_server(below_prefix, api):
    assert below_prefix.get("/openapi.json").json["servers"] == [{"url": PREFIX}]
    assert "servers" not in api.get("/openapi.json").json


def test_below_a_prefix_the_page_and_all_it_loads_are_found(below_prefix):
    addresses = re.findall(r"""(?:src|href|data-\w+)=["']([^"']+)""", below_prefix.get("/docs").text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith(f"{PREFIX}/"), address
        with below_prefix.get(address.removeprefix(PREFIX)) as response:
            assert response.status_code == 200


def test_the_prefix_without_its_slash_leads_to_the_one_with_it(app, app_with):
    for prefix, location in ((PREFIX, f"{PREFIX}/"), ("//evil.example", "/")):
        environ = {"PATH_INFO": "", "HTTP_X_FORWARDED_FOR": PEER, "HTTP_X_FORWARDED_PREFIX": prefix}
        response = app_with(TRUST_PROXY=1).test_client().get("/", environ_overrides=environ)
        assert response.headers.get("Location", "/").removeprefix("http://localhost") == location


def test_no_answer_redirects(below_prefix, user):
    for path in ("/docs/", "/users", "/users/", "/auth", "/auth/", "/", "//", "/sessions//"):
        assert "Location" not in below_prefix.get(path).headers
