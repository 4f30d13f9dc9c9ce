"""`GET /metrics`: what is counted, by which labels, and who may read it."""

import os
import time
from datetime import timedelta

import pytest
from mongoengine.connection import get_db
from prometheus_client.parser import text_string_to_metric_families
from pymongo.errors import AutoReconnect

from auth_service.database.circuit import circuit
from auth_service.monitoring import active_sessions, recent
from auth_service.monitoring.active_sessions import ActiveSessions
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.api import Api
from tests.support.settings import SECRET, environment

TOKEN = "a-token-of-32-bytes-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OWN_PORT = {"environ_overrides": {"SERVER_PORT": "9464"}}


@pytest.fixture
def counted(app, app_with, tmp_path):
    """An application that counts, on the emptied database of `app`, with a geo file of an age."""
    (tmp_path / "city.mmdb").write_bytes(b"")
    hour_ago = time.time() - 3600
    os.utime(tmp_path / "city.mmdb", (hour_ago, hour_ago))
    variables = {"METRICS_TOKEN": TOKEN, "METRICS_BIND": "127.0.0.1:9464", "GEO_DB_FILE_PATH": tmp_path / "city.mmdb"}
    return app_with(**variables)


@pytest.fixture
def caller(counted):
    return Api(counted)


@pytest.fixture
def value(counted):
    """The value of one sample, by its name and all its labels; `None` when there is none."""

    def value(name, **labels):
        samples = {(each.name, frozenset(each.labels.items())): each.value for each in scraped(counted)}
        return samples.get((name, frozenset(labels.items())))

    return value


def scraped(app):
    answer = app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]


# who may read it


def test_without_a_setting_there_is_no_such_page(api):
    answer = api.http.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_port_of_its_own_alone_opens_nothing_on_the_other(app, app_with):
    api = Api(app_with(METRICS_BIND="127.0.0.1:9464"))
    assert api.http.get("/metrics").status_code == 404
    assert api.http.get("/metrics", headers=BEARER).status_code == 404
    assert api.http.get("/metrics", headers={"Host": "x:9464", "X-Forwarded-Port": "9464"}).status_code == 404


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("Basic eDp5", "token_missing"),
        ("Bearer ", "invalid_token"),
        (f"Bearer {TOKEN}x", "invalid_token"),
        (f"Bearer {TOKEN[:-1]}", "invalid_token"),
        ("Bearer \xff\xe9", "invalid_token"),
    ],
)
def test_without_the_token_it_is_401(caller, header, code):
    answer = caller.http.get("/metrics", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json["code"]) == (401, code)


def test_an_admins_token_does_not_open_it(caller, admin):
    answer = caller.http.get("/metrics", headers={"Authorization": f"Bearer {admin.access_token}"})
    assert answer.status_code == 401


def test_with_the_token_it_is_text(caller):
    answer = caller.http.get("/metrics", headers=BEARER)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_on_its_own_port_it_needs_no_token_and_nothing_else_answers(caller):
    assert caller.http.get("/metrics", **OWN_PORT).status_code == 200
    for method, path in (
        ("GET", "/"),
        ("GET", "/healthz"),
        ("POST", "/auth/login"),
        ("GET", "/profile"),
        ("GET", "/x"),
    ):
        answer = caller.http.open(path, method=method, **OWN_PORT)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_it_answers_while_the_database_is_away(counted, caller):
    circuit.notice(AutoReconnect())
    text = caller.http.get("/metrics", headers=BEARER).text
    circuit.close()
    assert "auth_service_live_sessions" in text
    assert not [sample for sample in text.splitlines() if sample.startswith("auth_service_live_sessions ")]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"METRICS_BIND": "9464"}, "METRICS_BIND"),
        ({"METRICS_BIND": "127.0.0.1:99999"}, "METRICS_BIND"),
        ({"METRICS_BIND": "127.0.0.1:3020", "PORT": "3020"}, "METRICS_BIND"),
    ],
)
def test_what_cannot_be_meant_stops_the_start(variables, named):
    with pytest.raises(ConfigurationError, match=named):
        Settings.from_env(environment(**variables), dotenv=None)


def test_the_token_does_not_show():
    assert SECRET not in repr(Settings.from_env(environment(METRICS_TOKEN=SECRET), dotenv=None).metrics)


# what is counted


def test_requests_are_counted_by_route_method_and_status(caller, value):
    caller.registered().logged_in()
    caller.verify()
    caller.get(f"/users/{caller.user_id}")
    caller.get("/users/other")
    requests = "auth_service_http_requests_total"
    assert value(requests, route="/auth/verify", method="GET", status="204") == 1
    assert value(requests, route="/users/<user_id>", method="GET", status="200") == 1
    assert value(requests, route="/users/<user_id>", method="GET", status="403") == 1
    seconds = "auth_service_http_request_duration_seconds"
    assert value(f"{seconds}_count", route="/users/<user_id>", method="GET") == 2
    assert value(f"{seconds}_bucket", route="/users/<user_id>", method="GET", le="+Inf") == 2


def test_no_label_comes_from_a_client(counted, caller):
    for path in ("/evil-path", "/users/evil-id", "/users/evil-id/evil-role", "/docs/assets/evil-name"):
        caller.get(path, headers={"User-Agent": "evil-agent", "X-Request-ID": "evil-request", "Host": "evil-host"})
    caller.http.open("/profile", method="EVIL")
    caller.http.open("/evil-path", method="EVIL")
    caller.login(email="evil-email@example.com")
    labels = {label for sample in scraped(counted) for label in sample.labels.values()}
    assert not [label for label in labels if "evil" in label.lower()]
    assert {"none", "other"} <= labels


def test_logins_are_counted_by_outcome(caller, value):
    assert value("auth_service_logins_total", outcome="login_delayed") == 0
    caller.registered().logged_in()
    caller.login(password="wrong password")
    caller.login(email="nobody@example.com")
    caller.http.post("/auth/login", json=[])
    logins = "auth_service_logins_total"
    assert value(logins, outcome="success") == 1
    assert value(logins, outcome="invalid_credentials") == 2
    assert value(logins, outcome="invalid_json") == 1


def test_refreshes_and_reuses_are_counted(caller, value, clock):
    used = caller.registered().logged_in().refresh_token
    caller.refresh()
    caller.refresh_token = used
    caller.refresh()
    assert value("auth_service_refresh_token_reuses_total") == 0
    clock.advance(seconds=60)
    caller.refresh_token = used
    caller.refresh()
    refreshes = "auth_service_refreshes_total"
    outcomes = ("success", "refresh_superseded", "refresh_reused")
    assert [value(refreshes, outcome=outcome) for outcome in outcomes] == [1, 1, 1]
    assert value("auth_service_refresh_token_reuses_total") == 1


def test_logouts_without_a_token_are_counted_and_no_others(caller, value, database):
    name = "auth_service_logouts_without_token_total"
    assert value(name) == 0
    caller.registered().logged_in().logout()
    caller.logout(headers={"Authorization": ""})
    caller.refresh_token = ""
    caller.logout(headers={"Authorization": "Basic YTpi"})
    assert value(name) == 2
    caller.refresh_token = "garbage"
    caller.logout(headers={"Authorization": ""})
    caller.forget_cookie()
    caller.logout(headers={"Authorization": "Bearer garbage"})
    assert value(name) == 2
    assert database.sessions.count_documents({"endedAt": None}) == 0


def test_rate_limited_requests_are_counted_by_route(app, app_with):
    get_db().rate_limits.delete_many({})
    limited = app_with(METRICS_TOKEN=TOKEN, RATELIMIT_ENABLED="true", RATELIMIT_LOGIN="1/hour")
    for _ in range(3):
        Api(limited).login()
    get_db().rate_limits.delete_many({})
    found = [each.value for each in scraped(limited) if each.labels == {"route": "/auth/login", "code": "rate_limited"}]
    assert found == [2]


def test_commands_are_timed_by_name(caller, value):
    caller.registered().logged_in()
    caller.verify()
    assert value("auth_service_database_command_duration_seconds_count", command="findAndModify") == 1
    assert value("auth_service_database_command_duration_seconds_count", command="commitTransaction") == 1


def test_lost_audit_events_are_counted(caller, value, database):
    assert value("auth_service_audit_write_failures_total") == 0
    database.command("collMod", "audit_events", validator={"nothing": {"$exists": True}})
    try:
        caller.registered()
    finally:
        database.command("collMod", "audit_events", validator={})
    assert value("auth_service_audit_write_failures_total") == 1


def test_hashes_that_find_no_place_are_counted(counted, caller, value):
    queue = counted.extensions["auth_service"].services.creation._passwords._queue
    queue._taken = queue._places
    assert caller.register().json["code"] == "login_busy"
    assert caller.login().json["code"] == "login_busy"
    assert value("auth_service_password_hashes_refused_total") == 2
    assert value("auth_service_refusals_total", route="/auth/register", code="login_busy") == 1


def test_hashes_at_work_and_waiting_are_gauges(counted, value):
    queue = counted.extensions["auth_service"].services.creation._passwords._queue
    with queue.slot():
        assert value("auth_service_password_hashes_running") == 1
    assert value("auth_service_password_hashes_running") == 0
    assert value("auth_service_password_hashes_waiting") == 0


def test_the_databases_state_is_a_gauge(counted, value):
    assert value("auth_service_database_ready") == 1
    counted.extensions["auth_service"].services.metrics.database_ready(False)
    assert value("auth_service_database_ready") == 0


def test_the_age_of_the_city_database_is_a_gauge(value):
    assert value("auth_service_geo_file_age_seconds") == pytest.approx(3600, abs=60)


# live sessions


def test_live_sessions_are_those_that_live(caller, value, user):
    caller.registered().logged_in()
    Api(caller.http.application).logged_in()
    user.logout()
    assert value("auth_service_live_sessions") == 2


def test_live_sessions_are_asked_for_at_most_twice_a_minute(caller, value):
    assert value("auth_service_live_sessions") == 0
    caller.registered().logged_in()
    assert value("auth_service_live_sessions") == 0


def test_many_live_sessions_are_estimated_from_a_sample(services, database, clock, monkeypatch):
    monkeypatch.setattr(active_sessions, "COUNTED", 1000)
    monkeypatch.setattr(active_sessions, "SAMPLE", 500)
    monkeypatch.setattr(recent, "PATIENCE", 10)  # a busy machine may take longer than a scrape waits
    now = clock.now()
    limits = [now + timedelta(days=1) if number % 4 else now - timedelta(days=1) for number in range(4000)]
    record = {"endedAt": None, "absoluteExpiresAt": now + timedelta(days=2)}
    for start in range(0, 4000, 1000):
        some = enumerate(limits[start : start + 1000], start)
        database.sessions.insert_many([{**record, "sessionId": str(n), "expiresAt": limit} for n, limit in some])
    assert ActiveSessions(clock=clock).number() == pytest.approx(3000, rel=0.15)
