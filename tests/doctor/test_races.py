"""`doctor races` against live services: this one, a careless one, and none."""

import json
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from uuid import uuid4

import pytest

from auth_service.development.mongod import free_port
from auth_service.doctor.findings import Level
from auth_service.doctor.races.game import play
from auth_service.doctor.races.live_service import Answer, LiveService
from tests.support.peers.loopback import Loopback
from tests.support.server import Server


@pytest.mark.edge
def test_races_holds_every_claim_against_two_workers_and_leaves_nothing_behind(doctor, database, db_url):
    with Server(DB_URL=db_url, WEB_CONCURRENCY=2, REFRESH_RACE_WINDOW=2) as server:
        report = doctor("races", "--url", server.url, "--rounds", "3", REFRESH_RACE_WINDOW=2)
    assert report.code == 0, report.findings
    assert report.at(*Level) == report.at("ok")
    assert len(report.findings) == 13
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
    with Loopback(handler) as server:
        server.removed = []
        yield server


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
        "a later replay is answered with the reason",
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


@pytest.mark.parametrize(
    ("url", "path", "returns"),
    [
        ("https://example.com", "/auth", True),
        ("https://example.com", "/", True),
        ("https://example.com/identity", "/identity/auth", True),
        ("https://example.com/identity/", "/identity/auth", True),
        ("https://example.com/identity", "/identity", True),
        ("https://example.com/identity", "/auth", False),
        ("https://example.com", "/identity/auth", False),
        ("https://example.com", "/au", False),
        ("https://example.com", "", False),
    ],
)
def test_a_cookie_returns_below_its_path_only(url, path, returns):
    assert LiveService(url).gets_back(Answer(200, {}, "token", path)) is returns


class Stripping(Careless):
    """The careless service below a path, which it strips without knowing it."""

    def parse_request(self):
        parsed = super().parse_request()
        self.path = self.path.removeprefix("/identity")
        return parsed


@pytest.mark.edge
def test_races_says_that_a_proxy_strips_a_path_without_naming_it():
    with serving(Stripping) as server:
        found = list(play(LiveService(f"{server.url}/identity"), rounds=1, parallel=2, window=timedelta(0)))
    (failed,) = [each for each in found if each.check == "browsers send the cookie back"]
    assert failed.fatal
    assert "X-Forwarded-Prefix" in failed.sentence


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
