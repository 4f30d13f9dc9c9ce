"""Paths, query strings and headers that are meant to break something: never a 5xx, always the one shape."""

import pytest

from tests.support.errors import assert_one_shape

PATHS = [
    "/..",
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e",
    "/%00",
    "/%ff",
    "/%ED%A0%80",
    "/a%0d%0aX-Injected:%201",
    "/" + "a/" * 5000,
    "/" + "x" * 50_000,
    "/auth/login%00",
    "/AUTH/LOGIN",
    "/profile;x",
    "/profile.json",
    "/docs/assets/",
    "/docs/assets/..%2f..%2fapp.py",
    "/docs/assets/%00",
    "/docs/assets/" + "x" * 5000,
    "/docs/assets/....//....//etc/passwd",
    "/docs/assets/C:%5Cwindows",
    "/docs/assets/.",
]

QUERIES = [
    "limit=1&limit=2",
    "limit=-1",
    "limit=1.5",
    "limit=1e3",
    "limit=" + "9" * 5000,
    "limit=-" + "9" * 5000,
    "limit=%00",
    "limit=%ff",
    "limit=NaN",
    "limit=Infinity",
    "limit=",
    "limit",
    "limit[]=1",
    "limit[$gt]=1",
    "cursor=" + "A" * 10_000,
    "cursor=%ED%A0%80",
    "cursor=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTkuMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
    "cursor=LTEuMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
    "email=a@b.c&email=d@e.f",
    "email=%00",
    "email=%F0%9F%94%91@example.com",
    "email=" + "a" * 20_000 + "@example.com",
    "email=" + "(" * 1000,
    "email[$ne]=x",
    "x=1",
    "&&&===;;;",
    "%",
    "%zz=%zz",
    "a=1&" * 2000,
]

HEADERS = {
    "silly request ids": {"X-Request-ID": "<script>alert(1)</script>"},
    "an empty request id": {"X-Request-ID": ""},
    "a huge request id": {"X-Request-ID": "x" * 60_000},
    "a request id in Latin-1": {"X-Request-ID": "\xe4\xf6\xfc"},
    "a huge user agent": {"User-Agent": "Mozilla/5.0 " + "(" * 60_000},
    "a user agent in Latin-1": {"User-Agent": "\xff\xfe\xfd"},
    "a forwarded address that is none": {"X-Forwarded-For": "garbage, '; DROP TABLE users"},
    "thousands of forwarded addresses": {"X-Forwarded-For": ", ".join(["203.0.113.9"] * 3000)},
    "a forwarded host": {"X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "gopher"},
    "a Host that is none": {"Host": "a b/%%"},
    "an empty Host": {"Host": ""},
    "a Host with a wild port": {"Host": "localhost:99999999"},
    "a Host in Latin-1": {"Host": "\xff"},
    "a huge Host": {"Host": "a" * 60_000},
    "an Accept that is none": {"Accept": ";;;q=x", "Accept-Encoding": "\xff", "Accept-Language": "*;q=nan"},
    "a wish for XML": {"Accept": "application/xml"},
    "a Range that is none": {"Range": "bytes=9-1", "If-Range": "x", "If-Modified-Since": "never"},
    "a content type that is none": {"Content-Type": "\xff;;=/\"'"},
    "a negative length": {"Content-Length": "-1"},
    "a length that is none": {"Content-Length": "ten"},
    "an unknown transfer encoding": {"Transfer-Encoding": "gzip"},
    "an expectation": {"Expect": "200-ok"},
    "an upgrade": {"Connection": "Upgrade", "Upgrade": "websocket"},
    "another method": {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE"},
    "a strange origin": {"Origin": "null", "Referer": "\xff"},
    "hundreds of cookies": {"Cookie": "; ".join(f"c{i}={i}" for i in range(2000))},
    "cookies that are none": {"Cookie": ';;;=;"\\777\\400"; =x; refreshToken'},
    "a session cookie of Flask": {"Cookie": "session=eyJhIjoxfQ.x.x; access_token_cookie=x"},
}


def test_a_path_that_leads_nowhere_is_404(user):
    for path in PATHS:
        assert_one_shape(user.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["*", "", "http://attacker.example/profile", "//attacker.example"])
def test_what_is_no_path_at_all_breaks_nothing(user, path):
    response = user.http.get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code < 500


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:30])
def test_a_wild_query_on_the_list_is_400_or_read_plainly(admin, query):
    response = admin.get(f"/users?{query}")
    if response.status_code != 200:
        assert_one_shape(response, 400, response.json["code"])


def test_a_wild_query_elsewhere_does_not_matter(user):
    assert {query for query in QUERIES if user.get(f"/profile?{query}").status_code != 200} == set()


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_wild_headers_break_nothing(user, headers):
    browser = user.http.application.test_client(use_cookies=False)
    for method, path in (("GET", "/profile"), ("GET", "/healthz"), ("POST", "/auth/refresh")):
        require_no_fault(browser.open(path, method=method, headers={**bearer(user), **headers}))
    require_no_fault(user.login(headers=headers))


def require_no_fault(response):
    if response.status_code != 200:
        assert 400 <= response.status_code < 500
        assert_one_shape(response, response.status_code, response.json["code"])


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a/b", "<x>", "a\xe4", "a,b", '"x"', "%0a"])
def test_a_request_id_that_is_not_sane_is_replaced(api, sent):
    response = api.get("/nowhere", headers={"X-Request-ID": sent})
    assert response.json["requestId"] == response.headers["X-Request-ID"]
    assert response.headers["X-Request-ID"] not in ("", sent)


def test_a_huge_user_agent_is_stored_in_part(user, database):
    user.login(headers={"User-Agent": "x" * 60_000})
    longest = max(len(session["userAgent"]) for session in database.sessions.find())
    assert longest == 512


def bearer(api):
    return {"Authorization": f"Bearer {api.access_token}"}
