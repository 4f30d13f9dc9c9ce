"""The log: one JSON object a line, one line a request, nothing in it that a client could choose freely."""

import json
import logging
import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect

from auth_service.database.circuit import circuit
from auth_service.web.log.lines import LONGEST_LINE, StandardError, formatter
from tests.support.api import Api

ANSI = "\x1b[31mred\x1b[0m"
HOSTILE = [
    "a\nb",
    "a\r\nb",
    "a\u2028b\u2029c",
    ANSI,
    "\x00\x07\x7f\x9b",
    "\u202eevil",
    '"}{"level":"error',
    "\ud800",
    "\\n",
]


@pytest.fixture
def lines(app, capsys):
    """The lines written since, parsed, the whole log being at debug."""
    log = logging.getLogger("auth_service")
    level = log.level
    log.setLevel(logging.DEBUG)
    capsys.readouterr()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    log.setLevel(level)


@pytest.fixture
def requests(lines):
    """The lines of the requests among them."""
    return lambda: [line for line in lines() if line["logger"] == "auth_service.access"]


def only(lines):
    (line,) = lines
    return line


def test_a_request_is_one_line(user, requests):
    requests()
    answer = user.profile(headers={"X-Request-ID": "abc-1"})
    line = only(requests())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert 0 < line.pop("databaseMs") <= line.pop("durationMs") < 5000
    assert line.pop("pid") > 0
    assert line == {
        "level": "info",
        "event": "request",
        "logger": "auth_service.access",
        "requestId": "abc-1",
        "method": "GET",
        "route": "/profile",
        "status": 200,
        "userId": user.user_id,
        "sessionId": answer.json["session"]["sessionId"],
        "ip": "127.0.0.1",
        "databaseCommands": 2,
    }


def test_the_route_is_the_rule_and_not_the_path(user, requests):
    requests()
    user.get(f"/users/{user.user_id}")
    user.get("/nowhere/at/all")
    user.get("/users/\u2028%0a")
    assert [line["route"] for line in requests()] == ["/users/<user_id>", "none", "/users/<user_id>"]


def test_a_refusal_says_its_code(api, requests):
    api.profile()
    line = only(requests())
    assert (line["status"], line["code"], line["databaseCommands"]) == (401, "token_missing", 0)


@pytest.mark.parametrize("call", ["login", "refresh"])
def test_who_logged_in_or_refreshed_is_named(user, requests, call):
    session_id = user.session_id
    requests()
    assert getattr(user, call)().status_code == 200
    line = only(requests())
    assert line["userId"] == user.user_id
    assert (line["sessionId"] == session_id) == (call == "refresh")


def test_an_ended_session_is_named_by_who_showed_its_token(user, requests):
    session_id = user.session_id
    user.logout()
    requests()
    user.profile()
    line = only(requests())
    assert (line["code"], line["userId"], line["sessionId"]) == ("logout", user.user_id, session_id)


def test_a_token_that_is_not_genuine_names_nobody(user, requests):
    requests()
    user.profile(headers={"Authorization": f"Bearer {user.access_token[:-2]}AA"})
    assert "userId" not in only(requests())


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_health_checks_that_succeed_are_told_at_debug_only(api, requests, path):
    api.get(path)
    assert only(requests())["level"] == "debug"


def test_a_health_check_that_fails_is_told(api, requests):
    circuit.notice(AutoReconnect())
    api.get("/readyz")
    assert only(requests())["level"] == "warning"


def test_successful_verifying_is_told_at_debug_unless_log_verify_is_true(user, requests, app_with):
    requests()
    user.verify()
    user.verify(headers={"Authorization": "Bearer x"})
    assert [line["level"] for line in requests()] == ["debug", "info"]
    api = Api(app_with(LOG_VERIFY="true", LOG_LEVEL="info"))
    requests()
    api.access_token = user.access_token
    assert api.verify().status_code == 204
    assert only(requests())["level"] == "info"


def test_what_services_say_in_a_request_carries_its_id(user, lines):
    lines()
    with user.http.application.test_request_context(headers={"X-Request-ID": "told-1"}):
        user.http.application.preprocess_request()
        logging.getLogger("auth_service.services.anything").warning("careful with %s", "that")
    line = lines()[-1]
    assert (line["event"], line["level"], line["requestId"]) == ("careful with that", "warning", "told-1")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_line_or_reaches_the_terminal(text):
    record = logging.LogRecord("auth_service.x", logging.WARNING, "", 0, "got %s", (text,), None)
    record.fields = {"route": text}
    line = formatter(development=False).format(record)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["event"].startswith("got ")


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\x00" * 100_000, "\U0001f600" * 100_000, "é" * 5000])
def test_no_line_is_longer_than_a_pipe_takes_at_once(lines, text, capsys):
    logging.getLogger("auth_service.test").warning("%s", text)
    logging.getLogger("auth_service.test").warning("x", extra={"fields": {str(n): text for n in range(50)}})
    for written in capsys.readouterr().err.splitlines():
        assert len(written) <= LONGEST_LINE
        assert json.loads(written)["level"] == "warning"


def test_a_traceback_is_part_of_its_line(lines):
    try:
        raise ValueError("deep\nin\x1bside" + "x" * 10_000)
    except ValueError:
        logging.getLogger("auth_service.test").exception("it broke")
    line = only(lines())
    assert "Traceback" in line["exception"]
    assert "\x1b" not in line["exception"]


def test_a_stack_is_part_of_its_line_and_no_exception_is_none(lines):
    logging.getLogger("auth_service.test").warning("here", stack_info=True, exc_info=True)
    line = only(lines())
    assert "test_a_stack_is_part_of_its_line" in line["stack_info"]
    assert "exception" not in line


def test_a_line_that_cannot_be_made_is_replaced(lines):
    handler = next(each for each in logging.getLogger().handlers if isinstance(each, StandardError))
    handler.handle(logging.LogRecord("x", logging.ERROR, "", 0, "%d", ("no number",), None))
    assert only(lines())["event"] == "a line was lost: TypeError"


def test_a_log_that_cannot_be_written_fails_no_request(user, requests, monkeypatch):
    requests()
    with Path("/dev/full").open("w") as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", full)
        assert user.verify().status_code == 204
        patched.undo()
        with suppress(OSError):
            full.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_in_development_a_line_is_for_people_and_as_safe(text):
    record = logging.LogRecord("auth_service.x", logging.WARNING, "", 0, "got %s", (text,), None)
    record.fields = {"route": text}
    line = formatter(development=True).format(record)
    assert line.isprintable()
    assert "got " in line


def test_in_development_a_traceback_has_lines():
    try:
        raise ValueError(ANSI)
    except ValueError:
        record = logging.LogRecord("auth_service.x", logging.ERROR, "", 0, "it broke", (), sys.exc_info())
    text = formatter(development=True).format(record)
    assert "\x1b" not in text
    assert len(text.splitlines()) > 2
