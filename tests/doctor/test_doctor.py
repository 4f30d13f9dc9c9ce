"""`flask doctor`, run as an operator runs it: on an installation in many states, and against a live service."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from pymongo import MongoClient

from auth_service.database import indexes
from auth_service.development.mongod import Mongod, free_port
from auth_service.doctor.findings import Level
from auth_service.doctor.races.game import play
from auth_service.doctor.races.live_service import LiveService
from tests.support.server import ROOT, Server
from tests.support.settings import environment

LINE = re.compile(r"(ok|warning|problem|FAILED) +([^:]+): (.+)")


class Report:
    """What one run said: its exit code and its findings, as `(level, check, sentence)`."""

    def __init__(self, code, output, errors):
        self.code, self.errors = code, errors
        matches = [LINE.fullmatch(line) for line in output.splitlines()]
        assert matches, errors
        assert all(matches), output
        self.findings = [match.groups() for match in matches]

    def at(self, *levels):
        return {check for level, check, _ in self.findings if level in levels}

    def sentences(self, check):
        return " ".join(sentence for _, named, sentence in self.findings if named == check)


@pytest.fixture
def doctor(app, app_with, db_url, tmp_path):
    """Runs `flask doctor …` on the test's database: an application of its own; for another database a process."""

    def process(arguments, variables):
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "doctor", *arguments],
            cwd=tmp_path,  # not the project's folder: a developer's `.env` must not be read
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def run(*arguments, **changes):
        if "DB_URL" in changes or arguments:
            outcome = process(arguments, environment(**{"DB_URL": db_url, **changes}))
            assert "Traceback" not in outcome.stderr
            return Report(outcome.returncode, outcome.stdout, outcome.stderr)
        outcome = app_with(prepared=False, **changes).test_cli_runner().invoke(args=["doctor"])
        return Report(outcome.exit_code, outcome.stdout, outcome.stderr)

    return run


def test_an_installation_in_order_gets_a_line_for_every_check(doctor):
    report = doctor()
    assert report.code == 0
    assert report.at("ok", "warning") == {
        *("secrets", "cookie", "origins", "durations", "refresh grace"),
        *("replica set", "clock", "TTL monitor", "indexes", "previous secret", "client address", "geo file"),
        *("migrations", "import"),
    }
    assert report.at("warning") == {"replica set"}  # of one member


def test_an_index_that_is_missing_or_wrong_is_a_problem_until_it_is_mended(doctor, database):
    database.users.drop_index("email_1")
    database.sessions.drop_index("purgeAt_1")
    database.sessions.create_index("purgeAt", expireAfterSeconds=3600)
    try:
        report = doctor()
        assert report.code == 1
        assert report.at("problem") == {"indexes"}
        assert "users lacks email_1" in report.sentences("indexes")
        assert "sessions has purgeAt_1 with expireAfterSeconds 3600" in report.sentences("indexes")
    finally:
        database.sessions.drop_index("purgeAt_1")
        indexes.ensure_indexes()


def test_settings_that_contradict_each_other_are_told_with_what_to_do(doctor):
    report = doctor(
        APP_ENV="development",
        JWT_SECRET="short",
        COOKIE_SAME_SITE="none",
        JWT_ACCESS_EXPIRES_IN="30d",
        SESSION_TOUCH_INTERVAL="3d",
    )
    assert report.code == 1
    assert report.at("problem") == {"cookie"}
    assert report.at("warning") == {"secrets", "cookie", "durations"}
    assert "SESSION_TOUCH_INTERVAL (3d)" in report.sentences("durations")


def test_settings_that_are_merely_odd_do_not_fail(doctor):
    report = doctor(CORS_ORIGINS="http://app.example.com", REFRESH_RACE_WINDOW="10m")
    assert report.code == 0
    assert {"origins", "durations"} <= report.at("warning")


def test_a_database_that_does_not_answer_is_one_problem_and_the_rest_is_still_checked(doctor):
    report = doctor(DB_URL=f"mongodb://user:hidden@127.0.0.1:{free_port()}/nowhere")
    assert report.code == 1
    assert report.at("problem") == {"database"}
    assert "does not answer" in report.sentences("database")
    assert "hidden" not in report.sentences("database")
    assert {"secrets", "geo file"} <= report.at("ok")
    assert not report.at(*Level) & {"replica set", "clock", "TTL monitor", "indexes", "client address"}


OLD = "the-secret-of-the-weeks-before-0123456789-abcdef"


def test_doctor_says_how_long_the_previous_secret_is_needed(doctor, database, db_url):
    database.signing_secrets.delete_many({})
    with Server(DB_URL=db_url, JWT_SECRET=OLD, WEB_CONCURRENCY=1):
        pass
    assert "was not yet started with" in doctor(JWT_SECRET_PREVIOUS=OLD).sentences("previous secret")
    with Server(DB_URL=db_url, JWT_SECRET_PREVIOUS=OLD, WEB_CONCURRENCY=2):
        changed = datetime.now(timezone.utc)
        report = doctor(JWT_SECRET_PREVIOUS=OLD)
    until = re.search(r"is needed until (\S+ \S+) UTC", report.sentences("previous secret"))[1]
    assert abs(datetime.fromisoformat(f"{until}+00:00") - changed - timedelta(days=14)) < timedelta(minutes=2)
    assert "previous secret" in report.at("ok")

    long_ago = changed - timedelta(days=15)
    database.signing_secrets.update_many({"replacedAt": {"$ne": None}}, {"$set": {"replacedAt": long_ago}})
    report = doctor(JWT_SECRET_PREVIOUS=OLD)
    assert "previous secret" in report.at("warning")
    assert "JWT_SECRET_PREVIOUS can go now" in report.sentences("previous secret")
    assert report.code == 0


class TestableMongod(Mongod):
    """A mongod that can be told to refuse a command."""

    __test__ = False

    def _options(self):
        return [*super()._options(), "--setParameter", "enableTestCommands=1"]


def test_a_ttl_monitor_that_is_off_is_a_problem_and_one_that_may_not_be_asked_about_a_warning(doctor, tmp_path):
    with TestableMongod(tmp_path / "mongodb") as mongod, MongoClient(mongod.url) as client:
        url = mongod.url.replace("/?", "/doctor?")
        client.admin.command({"setParameter": 1, "ttlMonitorEnabled": False})
        report = doctor(DB_URL=url)
        assert {"TTL monitor", "indexes", "migrations"} == report.at("problem")  # nobody has prepared this database
        assert "ttlMonitorEnabled: true" in report.sentences("TTL monitor")

        client.admin.command({"setParameter": 1, "ttlMonitorEnabled": True})
        refusal = {"errorCode": 13, "failCommands": ["getParameter", "listIndexes"]}
        client.admin.command({"configureFailPoint": "failCommand", "mode": "alwaysOn", "data": refusal})
        report = doctor(DB_URL=url)
        assert report.at("warning") == {"TTL monitor", "replica set"}
        assert "may not ask" in report.sentences("TTL monitor")
        assert "the database refuses" in report.sentences("indexes")


# doctor races


@pytest.mark.edge
def test_races_holds_every_claim_against_two_workers_and_leaves_nothing_behind(doctor, database, db_url):
    with Server(DB_URL=db_url, WEB_CONCURRENCY=2, REFRESH_RACE_WINDOW=2) as server:
        report = doctor("races", "--url", server.url, "--rounds", "3", REFRESH_RACE_WINDOW=2)
    assert report.code == 0, report.findings
    assert report.at(*Level) == report.at("ok")
    assert len(report.findings) == 12
    assert database.users.count_documents({}) == database.sessions.count_documents({}) == 0


@pytest.mark.edge
def test_races_knows_a_grace_in_which_all_answers_carry_one_successor(app, db_url):
    with Server(DB_URL=db_url, WEB_CONCURRENCY=2, REFRESH_RACE_WINDOW=2, REFRESH_GRACE=2) as server:
        found = list(play(LiveService(server.url), rounds=2, parallel=6, window=timedelta(seconds=2)))
    assert {each.level for each in found} == {Level.OK}, found
    assert "10 answers repeated its successor" in found[0].sentence


@pytest.mark.edge
def test_races_with_a_window_shorter_than_the_services_says_so_and_still_cleans_up(app, database, db_url):
    with Server(DB_URL=db_url, WEB_CONCURRENCY=1, REFRESH_RACE_WINDOW=60, SESSION_MAX_PER_USER=1) as server:
        found = list(play(LiveService(server.url), rounds=1, parallel=2, window=timedelta(0)))
    failed = {each.check: each.sentence for each in found if each.fatal}
    assert "--window" in failed["a replay after the window is theft"]
    assert "SESSION_MAX_PER_USER" in next(each.sentence for each in found if "another session" in each.check)
    assert database.users.count_documents({}) == 0


class Careless(BaseHTTPRequestHandler):
    """A service that rotates whatever it is given and ends nothing."""

    def do_GET(self):
        self.answer(204 if self.path == "/auth/verify" else 200)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(201 if self.path == "/auth/register" else 200)

    def do_DELETE(self):
        self.server.removed.append(self.path)
        self.answer(200)

    def answer(self, status):
        body = b"" if status == 204 else json.dumps({"accessToken": "works", "user": {"_id": "0" * 24}}).encode()
        self.send_response(status)
        self.send_header("Set-Cookie", f"refreshToken={uuid4().hex}; Secure; HttpOnly; Path=/auth")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(handler):
    """A server on loopback with that handler; `removed` are the paths it was asked to delete."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.removed = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def careless():
    """The careless service, running."""
    with serving(Careless) as server:
        yield server


@pytest.mark.edge
def test_races_reports_what_a_careless_service_gets_wrong(doctor, careless):
    report = doctor("races", "--url", careless.url, "--window", "0")
    assert report.code == 1
    assert report.at("FAILED") == {
        "of 8 parallel refreshes of one token exactly one wins",
        "a replay within the window is a lost race",
        "a replay after the window is theft",
        "and ends the session with both its tokens",
        "a later replay hears why it ended",
        "refresh against logout leaves no token that works",
    }
    assert "8 different cookies" in report.sentences("of 8 parallel refreshes of one token exactly one wins")
    assert careless.removed == [f"/users/{'0' * 24}"]


@pytest.mark.edge
def test_races_deletes_its_account_even_when_the_game_is_broken_off(careless):
    game = play(LiveService(careless.url), rounds=1, parallel=2, window=timedelta(0))
    next(game)
    game.close()
    assert len(careless.removed) == 1


class SomethingElse(BaseHTTPRequestHandler):
    """No service of ours: it answers everything with 501."""

    def log_message(self, *arguments):
        pass


@pytest.mark.edge
def test_races_says_that_something_else_answers():
    with serving(SomethingElse) as server:
        (found,) = play(LiveService(server.url), rounds=1, parallel=2, window=timedelta(0))
    assert found.fatal
    assert "registering a throwaway account was answered with 501" in found.sentence


@pytest.mark.edge
def test_races_says_in_one_sentence_that_nothing_answers(doctor):
    report = doctor("races", "--url", f"http://127.0.0.1:{free_port()}")
    assert report.code == 1
    ((level, _, sentence),) = report.findings
    assert level == "FAILED"
    assert "does not answer" in sentence
