"""Only what was looked at counts: no other method than POST raises a counter of a limit, a delay or an outcome."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from auth_service.web.endpoint_policy import policy_of
from tests.support.api import Api
from tests.support.factors.apps import KEY

TOKEN = "a-token-of-32-bytes-for-prometheus"
ORIGIN = "https://app.example.com"
COUNTING = {
    "RATELIMIT_ENABLED": "true",
    "LOGIN_DELAY_ENABLED": "true",
    "METRICS_TOKEN": TOKEN,
    "METRICS_BIND": "127.0.0.1:9464",
    "CORS_ORIGINS": ORIGIN,
    "MAIL_URL": "file:/nowhere",
    "MAIL_FROM": "no-reply@example.com",
    "DATA_KEY": KEY,
    "PUBLIC_URL": "https://auth.example.com",
}
OF_REQUESTS = (
    "auth_service_http_",
    "auth_service_database_",
    "auth_service_request",
    "auth_service_refusals",
    "process_",
    "python_",
)
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}


@pytest.fixture
def counting(app, app_with, database):
    for counters in ("rate_limits", "login_delays"):
        database[counters].delete_many({})
    return app_with(**COUNTING)


def counters(app, database):
    """Every counter of a limit or a delay, and every metric but those of each request, whatever it asks for."""
    answer = app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, environ_overrides={"SERVER_PORT": "9464"}
    )
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    samples = [(each.name, sorted(each.labels.items()), each.value) for family in families for each in family.samples]
    counted = [sample for sample in samples if not sample[0].startswith(OF_REQUESTS)]
    documents = {name: sorted(map(str, database[name].find())) for name in ("rate_limits", "login_delays")}
    return counted, documents


def counted_routes(app):
    with app.app_context():
        return sorted(
            {
                rule.rule
                for rule in app.url_map.iter_rules()
                if policy_of(rule.endpoint).limit or policy_of(rule.endpoint).counted_as
            }
        )


def test_the_counted_routes_are_these(counting):
    expected = [
        "/auth/confirm",
        "/auth/invitation",
        "/auth/login",
        "/auth/login/factor",
        "/auth/passkey",
        "/auth/password/forgot",
        "/auth/password/reset",
        "/auth/refresh",
        "/auth/register",
        "/auth/register/confirm",
        "/profile/email",
        "/profile/email/verification",
        "/profile/export",
        "/profile/password",
    ]
    assert counted_routes(counting) == expected


@pytest.mark.parametrize("headers", [{}, PREFLIGHT], ids=["plain", "preflight"])
@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "GET", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_no_other_method_than_post_changes_a_counter(counting, database, method, headers):
    person = Api(counting).registered().logged_in()
    body = {"email": person.email, "password": person.password, "currentPassword": "x", "newPassword": "y"}
    before = counters(counting, database)
    for route in counted_routes(counting):
        person.http.open(route, method=method, json=body, headers=headers)
        person.http.open(route, method=method, json=body, headers={**headers, "X-HTTP-Method-Override": "POST"})
    assert counters(counting, database) == before


def test_a_post_changes_them(counting, database):
    person = Api(counting).registered()
    (samples, documents), _ = counters(counting, database), person.login()
    later = counters(counting, database)
    assert later[0] != samples
    assert later[1]["rate_limits"] != documents["rate_limits"]
