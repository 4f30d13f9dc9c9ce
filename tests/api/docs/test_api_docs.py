"""GET /openapi.json and GET /docs"""

import re
from secrets import token_urlsafe

import pytest
from openapi_spec_validator import validate

from auth_service.web.endpoint_policy import Feature, policy_of

# The description describes neither itself nor the pages of a developer.
OUTSIDE = {"api_docs.specification", "api_docs.page", "api_docs.asset", "development.mails", "development.mail"}
NOBODY = "0123456789abcdef01234567"
ERROR = {"$ref": "#/components/schemas/Error"}


@pytest.fixture
def specification(api):
    return api.get("/openapi.json").json


def operations(app):
    """Every method and path of the URL map, as OpenAPI writes them."""
    return {
        (method.lower(), rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OUTSIDE and not rule.endpoint.startswith("pages.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def answers(specification, method, path):
    return specification["paths"][path][method]["responses"]


def resolved(specification, answer):
    """An answer, looked up where the description only refers to it."""
    name = answer.get("$ref", "").rpartition("/")[2]
    return specification["components"]["responses"][name] if name else answer


# the description


def test_the_description_is_valid_openapi(specification):
    validate(specification)
    assert specification["openapi"].startswith("3.")


def test_it_describes_every_route_and_method_and_no_other(app, specification):
    described = {(method, path) for path, methods in specification["paths"].items() for method in methods}
    assert described - {(method, path) for method, path in described if method == "parameters"} == operations(app)


def test_it_says_which_calls_need_a_token(specification):
    public = {
        (method, path)
        for path, methods in specification["paths"].items()
        for method, operation in methods.items()
        if method != "parameters" and operation["security"] == []
    }
    assert public == {
        ("get", "/"),
        ("get", "/profile/export/schema"),
        ("get", "/.well-known/jwks.json"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("post", "/auth/register"),
        ("post", "/auth/register/confirm"),
        ("post", "/auth/login/options"),
        ("post", "/auth/login/factor"),
        ("post", "/auth/passkey/options"),
        ("post", "/auth/passkey"),
        ("post", "/auth/invitation"),
        ("post", "/auth/password/forgot"),
        ("post", "/auth/password/reset"),
        ("post", "/auth/login"),
        ("get", "/metrics"),  # no token is set: it is 404
    }


def test_metrics_need_a_token_where_one_is_set(app, app_with, specification):
    assert set(answers(specification, "get", "/metrics")) == {"200", "400", "404", "413", "503"}
    with_token = app_with(METRICS_TOKEN=token_urlsafe(32)).test_client().get("/openapi.json").json
    assert with_token["paths"]["/metrics"]["get"]["security"] == [{"metricsToken": []}]
    assert "401" in answers(with_token, "get", "/metrics")


def test_it_says_which_addresses_are_refused(specification):
    email = specification["components"]["schemas"]["Credentials"]["properties"]["email"]
    assert "company.test" in email["description"]


def test_it_says_which_calls_take_the_cookie(specification):
    scheme = specification["components"]["securitySchemes"]["refreshCookie"]
    assert (scheme["in"], scheme["name"]) == ("cookie", "refreshToken")
    assert specification["paths"]["/auth/refresh"]["post"]["security"] == [{"refreshCookie": []}]
    assert specification["paths"]["/auth/logout"]["post"]["security"] == [{}, {"refreshCookie": []}, {"bearer": []}]


def test_it_says_what_ids_and_roles_look_like(specification):
    described = {
        parameter["name"]: parameter["schema"]
        for item in specification["paths"].values()
        for parameter in item.get("parameters", [])
    }
    assert described["user_id"]["pattern"] == "^[0-9A-Fa-f]{24}$"
    assert described["role"]["enum"] == ["user", "admin"]
    assert "pattern" in described["session_id"]


def test_every_error_in_it_has_the_one_shape(app, specification):
    for method, path in operations(app):
        for status, answer in answers(specification, method, path).items():
            if int(status) >= 400:
                content = resolved(specification, answer)["content"]["application/json"]
                assert content["schema"] == ERROR, (method, path, status)


def test_it_speaks_of_no_password_in_an_answer(specification):
    for name in ("User", "UserAnswer", "LoginAnswer", "ProfileAnswer"):
        assert "password" not in specification["components"]["schemas"][name]["properties"]


SEEN = [
    ("get", "/", "/", {}, 200),
    ("get", "/healthz", "/healthz", {}, 200),
    ("get", "/readyz", "/readyz", {}, 200),
    (
        "post",
        "/auth/register",
        "/auth/register",
        {"json": {"email": "e@example.com", "password": "another one"}},
        201,
    ),
    ("post", "/auth/register", "/auth/register", {"json": {}}, 400),
    ("post", "/auth/register", "/auth/register", {"json": {"email": "TAKEN", "password": "another one"}}, 409),
    ("post", "/auth/register", "/auth/register", {"data": "x"}, 415),
    ("post", "/auth/login", "/auth/login", {"json": {"email": "TAKEN", "password": "correct horse battery"}}, 200),
    ("post", "/auth/login", "/auth/login", {"json": {}}, 400),
    ("post", "/auth/login", "/auth/login", {"json": {"email": "TAKEN", "password": "wrong"}}, 401),
    ("post", "/auth/login", "/auth/login", {"data": "x"}, 415),
    ("post", "/auth/refresh", "/auth/refresh", {}, 200),
    ("post", "/auth/logout", "/auth/logout", {}, 200),
    ("get", "/auth/verify", "/auth/verify", {}, 204),
    ("get", "/profile", "/profile", {}, 200),
    ("get", "/users", "/users", {}, 200),
    ("get", "/users", "/users?limit=0", {}, 400),
    ("get", "/users", "/users?cursor=x", {}, 400),
    ("get", "/users/{user_id}", "/users/OWN", {}, 200),
    ("get", "/users/{user_id}", "/users/x", {}, 400),
    ("get", "/users/{user_id}", f"/users/{NOBODY}", {}, 404),
    ("put", "/users/{user_id}/{role}", "/users/OWN/admin", {}, 200),
    ("put", "/users/{user_id}/{role}", "/users/OWN/king", {}, 400),
    ("put", "/users/{user_id}/{role}", f"/users/{NOBODY}/admin", {}, 404),
    ("put", "/users/{user_id}/{role}", "/users/OWN/user", {}, 409),
    ("delete", "/users/{user_id}", "/users/OTHER", {}, 200),
    ("delete", "/users/{user_id}", "/users/x", {}, 400),
    ("delete", "/users/{user_id}", f"/users/{NOBODY}", {}, 404),
    ("delete", "/users/{user_id}", "/users/OWN", {}, 409),
]


def sample(path):
    """A path of the URL map with something in place of its parameters."""
    return path.replace("{user_id}", NOBODY).replace("{role}", "admin")


@pytest.mark.parametrize(("method", "path", "url", "options", "status"), SEEN, ids=str)
def test_an_answer_that_was_seen_is_described(admin, user, specification, method, path, url, options, status):
    if "json" in options:
        options = {"json": {**options["json"]}}
        options["json"] = {k: admin.email if v == "TAKEN" else v for k, v in options["json"].items()}
    url = url.replace("OWN", admin.user_id).replace("OTHER", user.user_id)
    response = getattr(admin, method)(url, **options)
    assert response.status_code == status
    assert str(status) in answers(specification, method, path)


@pytest.mark.parametrize("status", [401, 403, 413, 503])
def test_the_refusals_that_any_call_can_meet_are_described(app, api, user, specification, unprepared_app, status):
    clients = {401: api.http, 403: user, 413: api.http, 503: unprepared_app.test_client()}
    options = {"data": b"x" * 20_000} if status == 413 else {}
    met = set()
    for method, path in sorted(operations(app), key=lambda operation: operation[1] == "/auth/logout"):
        if getattr(clients[status], method)(sample(path), **options).status_code == status:
            met.add((method, path))
            assert str(status) in answers(specification, method, path), (method, path)
    assert len(met) >= 4


def test_the_members_of_an_answer_are_those_described(user, specification):
    described = specification["components"]["schemas"]
    assert set(user.profile().json["user"]) == set(described["User"]["properties"]) - {"suspendedAt"}
    assert set(user.profile().json["session"]) == set(described["Session"]["properties"]) - {"unusual", "amr"}
    assert set(user.get("/nowhere").json) == set(described["Error"]["properties"]) - {"errors"}


# the page


def fetched(api, address):
    """The text at an address, its file closed again."""
    with api.get(address) as response:
        assert response.status_code == 200
        return response.data.decode("utf-8", "replace")


def test_the_page_and_all_it_loads_come_from_this_host(api):
    page = api.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert len(loaded) >= 3
    for address in loaded:
        assert re.match(r"/[^/]", address), address
        assert fetched(api, address) != ""


def test_the_page_reads_this_services_description(api):
    start = re.search(r"""src=["']([^"']+)["']\s+data-specification=["']([^"']+)""", api.get("/docs").text)
    script, address = start.groups()
    assert "currentScript.dataset.specification" in fetched(api, script)
    assert "openapi" in fetched(api, address)


def test_the_page_may_load_nothing_from_elsewhere(api):
    policy = api.get("/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "script-src 'self';" in policy


def test_the_page_has_no_script_of_its_own(api):
    assert re.findall(r"<script(?![^>]*\bsrc=)", api.get("/docs").text) == []


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/assets/swagger-ui.css", "/docs/assets/start.js"])
def test_without_api_docs_there_is_nothing_to_see(app, app_with, path):
    undocumented = app_with(API_DOCS="false")
    response = undocumented.test_client().get(path)
    assert (response.status_code, response.json["code"]) == (404, "not_found")


def test_a_call_that_needs_mail_says_that_it_may_not_be_there(app, specification):
    with app.app_context():
        mailing = {
            (method.lower(), rule.rule.replace("<", "{").replace(">", "}"))
            for rule in app.url_map.iter_rules()
            if policy_of(rule.endpoint).feature is Feature.MAIL and rule.endpoint not in OUTSIDE
            for method in rule.methods - {"HEAD", "OPTIONS"}
        }
    assert ("post", "/auth/password/forgot") in mailing
    assert [each for each in mailing if "404" not in answers(specification, *each)] == []
