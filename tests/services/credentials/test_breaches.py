"""Asking a range API on loopback whether a password is known from a breach"""

import hashlib
import logging
import socket
import threading

import pytest

from auth_service.bootstrap.credentials import build_credentials
from auth_service.monitoring.metrics import NullMetrics
from auth_service.services.credentials.breaches import NullBreaches
from auth_service.services.credentials.pwned_passwords import MOST_EXCHANGES, TIMEOUT, PwnedPasswords
from auth_service.settings.settings import Settings
from tests.support.peers.range_api import PADDING, RangeApi, suffix
from tests.support.server import wait_until
from tests.support.settings import environment

PASSWORD = "a canary of a password"
DIGEST = hashlib.sha1(PASSWORD.encode()).hexdigest()
HIT = f"{PADDING}{suffix(PASSWORD)}:3\r\n"
SHORT = 0.4  # seconds


def lookup(url, *, timeout=SHORT):
    """Whether the range API at `url` knows the password."""
    return PwnedPasswords(url, timeout=timeout).contains(PASSWORD)


@pytest.fixture
def warnings(caplog):
    """The lines of the log so far; none may hold a part of the password or its hash."""
    caplog.set_level(logging.DEBUG)

    def lines():
        messages = [record.getMessage() for record in caplog.records if record.name.startswith("auth_service")]
        for line in messages:
            assert not any(part in line.lower() for part in ("canary", DIGEST[:5], DIGEST[5:]))
        return messages

    return lines


# answers


@pytest.mark.parametrize("body", [HIT, HIT.lower(), HIT.replace("\r\n", "\n"), HIT.rstrip()])
def test_a_listed_password_is_known(warnings, body):
    with RangeApi(body) as api:
        assert lookup(api.url) is True
    assert warnings() == []


def test_a_password_that_is_not_listed_is_not_known(warnings):
    with RangeApi(f"{suffix('another')}:9\r\n") as api:
        assert lookup(api.url) is False
    assert warnings() == []


def test_an_entry_with_count_0_is_padding(warnings):
    with RangeApi(f"{suffix(PASSWORD)}:0\r\n") as api:
        assert lookup(api.url) is False
    assert warnings() == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_only_5_digits_of_the_hash_leave(slash):
    with RangeApi() as api:
        lookup(api.url.rstrip("/") + slash)
    [(path, headers)] = api.seen
    assert path == f"/range/{DIGEST[:5].upper()}"
    assert headers["Add-Padding"] == "true"
    received = str(headers).lower()
    assert DIGEST[5:15] not in received
    assert "canary" not in received


def test_a_password_beyond_ascii_is_hashed_as_utf_8():
    password = "l\u00f6sung \U0001f511"
    with RangeApi(f"{suffix(password)}:1") as api:
        assert PwnedPasswords(api.url).contains(password)


# no answer: accepted, with one line in the log

NONSENSE = {
    "nothing": RangeApi(""),
    "a page": RangeApi("<html>Welcome to the hotel</html>"),
    "a hit in a page": RangeApi(f"<html>\n{HIT}</html>"),
    "hashes without counts": RangeApi(suffix(PASSWORD)),
    "whole hashes": RangeApi(f"{DIGEST.upper()}:3"),
    "bytes": RangeApi("\u00e4\u00f6\u00fc\x00" * 50),
    "more than 1 MiB": RangeApi(HIT * 40),
    "less than it said": RangeApi(HIT, length=len(HIT) + 100),
    "status 500": RangeApi(HIT, status=500),
    "status 404": RangeApi(HIT, status=404),
    "status 204": RangeApi("", status=204),
}


@pytest.mark.parametrize("api", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_refuses_nobody_and_is_logged_in_one_line(warnings, api):
    with api:
        known = lookup(api.url)
    assert (known, len(warnings())) == (False, 1)


def test_a_redirect_is_not_followed(warnings):
    with RangeApi(HIT) as elsewhere, RangeApi(status=302, headers={"Location": elsewhere.url}) as api:
        assert lookup(api.url) is False
    assert elsewhere.seen == []
    assert warnings() == ["A password was accepted without asking for breaches: status 302"]


@pytest.mark.parametrize("drip", ["head", "body"])
@pytest.mark.parametrize("headers", [{"Connection": "keep-alive"}, {"Connection": "close"}])
def test_an_answer_that_drips_is_cut_off_when_the_time_is_over(warnings, drip, headers):
    with RangeApi(HIT, drip=drip, headers=headers) as api:
        known = lookup(api.url)
        assert api.dropped.wait(30)
    assert known is False
    assert warnings() == [f"A password was accepted without asking for breaches: no answer within {SHORT} s"]


def test_a_server_that_never_answers_is_given_up_after_2_seconds(warnings):
    with RangeApi(silent=True) as api:
        known = lookup(api.url, timeout=TIMEOUT)
    assert (known, TIMEOUT) == (False, 2)
    assert warnings() == ["A password was accepted without asking for breaches: no answer within 2 s"]


def test_a_refused_connection_is_not_waited_for(warnings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        known = lookup(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert known is False
    assert warnings() == ["A password was accepted without asking for breaches: ConnectionRefusedError"]


@pytest.mark.parametrize("url", ["http://nobody.invalid/range/", "http://.../range/"])
def test_a_name_that_does_not_resolve_refuses_nobody(warnings, url):
    assert lookup(url) is False
    assert len(warnings()) == 1


def test_an_https_url_gets_no_plain_answer(warnings):
    with RangeApi(HIT) as api:
        assert lookup(api.url.replace("http:", "https:")) is False
    assert len(warnings()) == 1


def test_no_thread_outlives_its_question_by_much():
    with RangeApi(HIT, drip="head") as api:
        breaches = PwnedPasswords(api.url, timeout=0.05)
        for _ in range(2 * MOST_EXCHANGES):
            breaches.contains(PASSWORD)
        wait_until(lambda: not any(thread.name == "breaches" for thread in threading.enumerate()), 30)


def test_more_questions_than_are_allowed_at_a_time_refuse_nobody(warnings):
    with RangeApi(HIT) as api:
        breaches = PwnedPasswords(api.url)
        for _ in range(MOST_EXCHANGES):
            breaches._slots.acquire()
        assert breaches.contains(PASSWORD) is False
        assert len(warnings()) == 1
        breaches._slots.release()
        assert breaches.contains(PASSWORD) is True


# whether it is asked at all


@pytest.mark.parametrize(("check", "kind"), [("true", PwnedPasswords), ("false", NullBreaches)])
def test_it_is_asked_only_where_the_settings_say_so(check, kind):
    settings = Settings.from_env(environment(PASSWORD_BREACH_CHECK=check), dotenv=None)
    assert isinstance(build_credentials(settings, metrics=NullMetrics()).policy._breaches, kind)


def test_where_no_breach_is_known_no_password_is():
    assert NullBreaches().contains("password") is False
