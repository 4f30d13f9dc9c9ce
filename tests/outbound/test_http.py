"""The HTTP client: how long it takes at most, what it reads, and what it never tells"""

import logging
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from auth_service.outbound.failures import OutboundFailed, TimeIsUp, TooLarge, TooManyRequests
from auth_service.outbound.http import OutboundClient, TimeLimits
from tests.support.peers.range_api import RangeApi
from tests.support.server import ROOT

SHORT = TimeLimits(connect=5, read=5, total=0.3)
CALM = TimeLimits(connect=5, read=5, total=20)
BODY = "0123456789" * 20


def client(limits=CALM, slots=None):
    return OutboundClient(name="outbound test", limits=limits, slots=slots)


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "outbound test"]


@contextmanager
def raw_server(answer):
    """A server that sends the bytes `answer` to its first client, and reads nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/secret-path"
        thread.join(5)


def test_a_body_is_read_whole_or_from_its_beginning():
    with RangeApi(BODY) as api, client() as http:
        with http.request("GET", api.url) as response:
            assert (response.status, b"".join(response.chunks(len(BODY)))) == (200, BODY.encode())
        with http.request("GET", api.url) as response:
            assert response.beginning(4) == b"0123"
        with http.request("GET", api.url) as response:
            assert response.beginning(1000) == BODY.encode()


def test_a_body_that_is_larger_than_allowed_is_not_read_on():
    with RangeApi(BODY) as api, client() as http, http.request("GET", api.url) as response, pytest.raises(TooLarge):
        list(response.chunks(len(BODY) - 1))


def test_a_redirect_is_returned_and_not_followed():
    with RangeApi() as elsewhere, RangeApi(status=302, headers={"Location": elsewhere.url}) as api, client() as http:
        with http.request("GET", api.url) as response:
            assert (response.status, response.location) == (302, elsewhere.url)
        assert elsewhere.seen == []


@pytest.mark.parametrize("headers", [{"Connection": "keep-alive"}, {"Connection": "close"}])
@pytest.mark.parametrize("drip", ["head", "body"])
def test_no_response_holds_the_caller_beyond_the_total_time(drip, headers):
    with RangeApi(BODY, drip=drip, headers=headers) as api, client(SHORT) as http:
        with pytest.raises(TimeIsUp):
            list(http.request("GET", api.url).chunks(1000))
        assert api.dropped.wait(30)


def test_the_total_time_covers_name_resolution(monkeypatch):
    may_resolve, slots = threading.Event(), threading.BoundedSemaphore(1)

    def resolve(*arguments, **options):
        may_resolve.wait(60)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with client(SHORT, slots) as http, pytest.raises(TimeIsUp):
        http.request("GET", "http://name.example/")
    with client(SHORT, slots) as http, pytest.raises(TooManyRequests):
        http.request("GET", "http://name.example/")
    assert all(thread.daemon for thread in threads()), "Python would wait for any other at its end"
    may_resolve.set()
    assert slots.acquire(timeout=30), "the abandoned thread gives its slot back when it ends"


def test_the_total_time_is_that_of_all_requests():
    def send_forever():
        while True:
            http.request("GET", api.url).close()

    with RangeApi(BODY) as api, client(SHORT) as http:
        http.request("GET", api.url).close()
        with pytest.raises(TimeIsUp):
            send_forever()


@pytest.mark.parametrize("options", [{"silent": True}, {"drip": "head"}, {"drip": "body"}], ids=str)
def test_another_thread_can_cut_it(options):
    with RangeApi(BODY, **options) as api, client() as http:
        threading.Timer(0.2, http.cut).start()
        with pytest.raises(TimeIsUp):
            list(http.request("GET", api.url).chunks(1000))


def test_after_a_cut_nothing_is_sent():
    with RangeApi(BODY) as api, client() as http:
        http.cut()
        with pytest.raises(TimeIsUp):
            http.request("GET", api.url)


def test_a_failure_names_its_kind_and_nothing_of_the_request():
    with socket.socket() as taken, client() as http:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OutboundFailed, match=r"^ConnectionRefusedError$") as failure:
            http.request("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/secret-path")
    assert failure.value.__cause__ is failure.value.__context__ is None


@pytest.mark.parametrize("name", ["urllib3", "urllib3.connectionpool", "urllib3.connection"])
@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 X\r\nno header\r\nA: b\r\n\r\n"]
)
def test_no_log_quotes_the_url_at_any_level(caplog, name, answer):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, name)
    with raw_server(answer) as url, client() as http:
        http.request("GET", url).close()
    assert "secret-path" not in caplog.text


IMPORTS = """
import sys
from auth_service.app import create_app
from auth_service.settings.settings import Settings
from tests.support.settings import environment
create_app(Settings.from_env(environment(PASSWORD_BREACH_CHECK=sys.argv[1]), dotenv=None))
print("requests" in sys.modules or "urllib3" in sys.modules)
"""


@pytest.mark.parametrize("check", ["true", "false"])
def test_a_worker_without_outbound_calls_does_not_load_the_client(check):
    command = [sys.executable, "-c", IMPORTS, check]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == str(check == "true")
