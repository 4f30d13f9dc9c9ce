"""The commands for upgrades, imports, restores and statistics, run as an operator runs them."""

import re

import pytest
import requests

from tests.support import shell
from tests.support.express.service import SECRET
from tests.support.server import Server

NAMES = ["0001_indexes", "0002_admin_guard", "0003_people", "0004_mail", "0005_factors", "0006_factors_of_accounts"]


@pytest.fixture
def flask(app):
    """Runs `flask …` on the test's application, in this process; others may be given."""

    def run(*arguments, stdin=None, app=app):
        return app.test_cli_runner().invoke(args=arguments, input=stdin)

    return run


def test_migrate_lists_what_it_would_run_and_runs_it_once(flask, database):
    database.migrations.delete_many({})
    assert flask("migrate", "--dry-run").stdout.splitlines() == [f"would run {name}" for name in NAMES]
    assert [line.split() for line in flask("migrate", "--status").stdout.splitlines()] == [
        ["pending", n] for n in NAMES
    ]
    ran = flask("migrate").stdout.splitlines()
    assert [line.split()[:2] for line in ran] == [*(["ran", name] for name in NAMES), [str(len(NAMES)), "run,"]]
    assert flask("migrate").stdout == "0 run, nothing is pending\n"
    status = flask("migrate", "--status").stdout.splitlines()
    assert all(re.fullmatch(r"done +\w+ +\d{4}-\d\d-\d\d \d\d:\d\d UTC +\d+\.\d\d s", line) for line in status)


def test_migrate_reports_a_file_that_was_changed(flask, database):
    flask("migrate")
    database.migrations.update_one({"_id": NAMES[0]}, {"$set": {"checksum": "another"}})
    try:
        assert "changed  0001_indexes" in flask("migrate", "--status").stdout
        assert "0001_indexes:  its file was changed since" in flask("migrate").stderr
    finally:
        database.migrations.delete_many({})
        flask("migrate")


def test_import_node_reports_what_it_did_and_fails_when_a_user_is_left_out(flask, express, app_with, db_url):
    replacing = app_with(IMPORT_JWT_SECRET=SECRET)
    express.login(express.user("Ada@example.com"))
    first = flask("import-node", "--from", db_url)
    assert (first.exit_code, first.stdout.splitlines()[-1]) == (0, "1 users and 1 sessions taken over, in place")
    assert "IMPORT_JWT_SECRET is not set" in first.stderr
    twin = express.user("ADA@example.com")
    second = flask("import-node", "--from", db_url, app=replacing)
    assert second.exit_code == 1
    assert second.stderr == f"left out: user {twin}: another account has its address, ada@example.com\n"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("postgres://user:hidden@127.0.0.1/x", "--from: is not a valid MongoDB URL"),
        ("mongodb://user:hidden@127.0.0.1:1/x?serverSelectionTimeoutMS=300", "no answer from 127.0.0.1:1"),
    ],
    ids=["none", "silent"],
)
def test_import_node_names_the_fault_of_the_source_and_never_its_password(flask, url, complaint):
    refused = flask("import-node", "--from", url)
    assert refused.exit_code in (1, 2)
    assert complaint in refused.stderr
    assert "hidden" not in refused.stdout + refused.stderr


@pytest.mark.edge
def test_a_user_who_was_logged_in_to_the_express_service_is_logged_in_here(express, db_url, tmp_path):
    cookie = express.login(express.user("ada@example.com", "secret"))
    outcome = shell.run("import-node", "--from", db_url, folder=tmp_path, DB_URL=db_url)
    assert outcome.returncode == 0, outcome.stderr
    with Server(
        DB_URL=db_url, IMPORT_JWT_SECRET=SECRET, COOKIE_SECURE="false", APP_ENV="development", WEB_CONCURRENCY=1
    ) as server:
        browser = requests.Session()
        browser.cookies.set("refreshToken", cookie, domain="127.0.0.1", path="/")
        answer = browser.post(f"{server.url}/auth/refresh")
        assert answer.status_code == 200
        assert [(each.path, each.value != cookie) for each in browser.cookies if each.name == "refreshToken"] == [
            ("/auth", True)
        ]
        bearer = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
        assert browser.get(f"{server.url}/profile", headers=bearer).json()["user"]["email"] == "ada@example.com"
        assert browser.post(f"{server.url}/auth/refresh").status_code == 200
        again = {"email": "ada@example.com", "password": "secret"}
        assert requests.post(f"{server.url}/auth/login", json=again, timeout=10).status_code == 200


def test_sessions_end_all_ends_every_session(flask, user, admin, database):
    assert flask("sessions", "end").exit_code == 2
    assert flask("sessions", "end", "--all", stdin="n\n").exit_code == 1
    assert user.verify().status_code == 204
    assert flask("sessions", "end", "--all", "--yes").stdout == "2 sessions are ended\n"
    ended = [user.verify(), admin.refresh()]
    assert [(each.status_code, each.json["code"]) for each in ended] == [(401, "revoked_by_admin")] * 2
    assert database.audit_events.count_documents({"type": "session_ended", "reason": "revoked_by_admin"}) == 2


def test_stats_prints_a_table_of_the_collections(flask, user, admin, database):
    user.logout()
    lines = flask("stats").stdout.splitlines()
    assert lines[0].split() == ["collection", "documents", "data", "on", "disk", "indexes", "oldest"]
    table = {line.split()[0]: line.split() for line in lines[1 : lines.index("")]}
    assert (table["users"][1], table["sessions"][1]) == ("2", "2")
    assert table["users"][-2] == database.users.find_one()["createdAt"].strftime("%Y-%m-%d")
    assert lines[-2:] == ["active sessions: 1", "admins: 1"]


def test_stats_on_a_database_that_is_empty_has_no_oldest(flask, database):
    table = {line.split()[0]: line.split() for line in flask("stats").stdout.splitlines()[1:] if line}
    assert (table["users"][1], table["users"][-1]) == ("0", "-")
