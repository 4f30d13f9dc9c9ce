"""Every refusal has the one JSON shape, whoever raised it."""

from io import BytesIO

import pytest

from tests.support.errors import assert_one_shape

LIMIT = 16 * 1024
CREDENTIALS = b'{"email": "ada@example.com", "password": "correct horse battery"}'


def chunked(body):
    """The options of a test request that sends `body` in chunks, its length not announced."""
    return {
        "input_stream": BytesIO(body),
        "content_type": "application/json",
        "headers": {"Transfer-Encoding": "chunked"},
        "environ_overrides": {"wsgi.input_terminated": True},
    }


# 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"email": 1, "password": 2}'])
def test_a_bad_body_is_400(api, body):
    response = api.http.post("/auth/login", data=body, content_type="application/json")
    assert_one_shape(response, 400, response.json["code"])
    assert response.json["code"] in {"invalid_json", "invalid_request"}


def test_a_400_names_each_field_with_its_messages(api):
    response = api.http.post("/auth/login", json={"email": 5, "color": "red"})
    errors = assert_one_shape(response, 400, "invalid_request")["errors"]
    assert set(errors) == {"email", "password", "color"}
    assert all(isinstance(text, str) for texts in errors.values() for text in texts)


def test_an_error_without_fields_has_no_errors_member(api):
    assert "errors" not in api.get("/nowhere").json


# 401


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/profile", "token_missing"),
        ("GET", "/auth/verify", "token_missing"),
        ("GET", "/users", "token_missing"),
        ("GET", "/users/0123456789abcdef01234567", "token_missing"),
        ("PUT", "/users/0123456789abcdef01234567/admin", "token_missing"),
        ("DELETE", "/users/0123456789abcdef01234567", "token_missing"),
        ("POST", "/auth/refresh", "token_missing"),
    ],
)
def test_a_protected_call_without_a_token_is_401(api, method, path, code):
    assert_one_shape(api.http.open(path, method=method), 401, code)


def test_a_failed_login_is_401_with_the_same_challenge(api):
    assert_one_shape(api.login(), 401, "invalid_credentials")


# 403, 404, 405


def test_a_forbidden_call_is_403(user):
    assert_one_shape(user.get("/users"), 403, "forbidden")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/users/", "/profile//", "/users//admin", "/auth", "/auth/login/", "/static/x.css"]
)
def test_an_unknown_path_is_404(user, path):
    assert_one_shape(user.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/auth/login", {"POST", "OPTIONS"}),
        ("GET", "/auth/register", {"POST", "OPTIONS"}),
        ("DELETE", "/auth/refresh", {"POST", "OPTIONS"}),
        ("PUT", "/auth/logout", {"POST", "OPTIONS"}),
        ("POST", "/auth/verify", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/profile", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/users", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/users/0123456789abcdef01234567", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("GET", "/users/0123456789abcdef01234567/admin", {"PUT", "OPTIONS"}),
        ("POST", "/", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/openapi.json", {"GET", "HEAD", "OPTIONS"}),
        ("TRACE", "/profile", {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/auth/login", {"POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_405_and_allow_names_the_right_ones(api, method, path, allowed):
    response = api.http.open(path, method=method)
    assert_one_shape(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == allowed


# 413


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/logout", "/auth/refresh"])
def test_an_announced_body_over_16_KiB_is_413_before_it_is_read(api, path):
    unread = BytesIO(b"x" * (LIMIT + 1))
    headers = {"Content-Length": str(LIMIT + 1), "Content-Type": "application/json"}
    response = api.http.post(path, input_stream=unread, headers=headers)
    assert_one_shape(response, 413, "payload_too_large")
    assert unread.tell() == 0


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/logout"])
def test_a_chunked_body_over_16_KiB_is_413_and_not_cut(api, path):
    response = api.http.post(path, **chunked(CREDENTIALS + b" " * (LIMIT + 1 - len(CREDENTIALS))))
    assert_one_shape(response, 413, "payload_too_large")


def test_a_chunked_body_is_not_read_further_than_one_byte_too_far(api):
    options = chunked(b"x" * (LIMIT * 10))
    api.http.post("/auth/login", **options)
    assert options["input_stream"].tell() <= LIMIT + 1


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_exactly_16_KiB_is_read(api, announced):
    api.registered()
    body = CREDENTIALS + b" " * (LIMIT - len(CREDENTIALS))
    options = {"data": body, "content_type": "application/json"} if announced else chunked(body)
    assert api.http.post("/auth/login", **options).status_code == 200


# 415


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data", "json", ";;;"],
)
def test_a_needed_body_of_another_type_is_415(api, path, content_type):
    assert_one_shape(api.http.post(path, data=CREDENTIALS, content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_is_recognised_however_its_type_is_written(api, content_type):
    api.registered()
    assert api.http.post("/auth/login", data=CREDENTIALS, content_type=content_type).status_code == 200


# 503


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/register"),
        ("POST", "/auth/login"),
        ("POST", "/auth/refresh"),
        ("POST", "/auth/logout"),
        ("GET", "/auth/verify"),
        ("GET", "/profile"),
        ("GET", "/users"),
        ("GET", "/readyz"),
    ],
)
def test_without_the_database_the_answer_is_503_with_retry_after(unprepared_app, method, path):
    response = unprepared_app.test_client().open(path, method=method)
    assert_one_shape(response, 503, "database_unavailable")
    assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("path", ["/", "/healthz", "/openapi.json", "/docs"])
def test_what_needs_no_database_is_served_without_it(unprepared_app, path):
    assert unprepared_app.test_client().get(path).status_code == 200


# the request's id


def test_a_sane_request_id_is_kept(api):
    response = api.get("/nowhere", headers={"X-Request-ID": "trace-1.A_b"})
    assert response.json["requestId"] == response.headers["X-Request-ID"] == "trace-1.A_b"


def test_two_requests_without_an_id_get_different_ones(api):
    assert api.get("/").headers["X-Request-ID"] != api.get("/").headers["X-Request-ID"]


def test_nothing_answered_may_be_stored_or_sniffed(api):
    for path in ("/", "/profile", "/nowhere", "/auth/login"):
        headers = api.get(path).headers
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_fault_in_a_hook_after_the_request_is_a_500(app_with):
    app = app_with()

    @app.after_request
    def fail(response):
        raise RuntimeError("a fault")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.json["code"]) == (500, "internal_error")
