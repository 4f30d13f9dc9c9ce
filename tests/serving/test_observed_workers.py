"""Several workers, one log and one set of figures, whatever becomes of the workers; real servers, real signals."""

import json
import os
import signal
import socket

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from auth_service.development.mongod import free_port
from tests.support.server import Server, answers, wait_until
from tests.support.traffic.raw_requests import REQUESTS, answer

pytestmark = pytest.mark.edge

TOKEN = "a-token-of-32-bytes-for-prometheus"
FOLDERS = "auth_service_metrics_*"
READY = ("auth_service_database_ready", frozenset())
REQUESTS_TOTAL = "auth_service_http_requests_total"
OWN_LOGGERS = {"gunicorn": "gunicorn.error", "granian": "_granian"}
HOSTILE = ("\x1b[31m", "\\u2028\\n", '"}\\', "a" * 3000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the master makes its folder."""
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(scope="module")
def server(mongod_url, worker_id, folder, program):
    variables = {"METRICS_TOKEN": TOKEN, "TMPDIR": folder, "WEB_CONCURRENCY": 2}
    if program == "gunicorn":  # granian listens on one address
        variables["METRICS_BIND"] = f"127.0.0.1:{free_port()}"
    url = mongod_url.format(name=f"observed_{worker_id}")
    with Server(program=program, DB_URL=url, **variables) as server:
        server.metrics = f"http://{variables['METRICS_BIND']}/metrics" if program == "gunicorn" else None
        yield server
    assert list(folder.glob(FOLDERS)) == [], "it is gone in the end"


def samples(server):
    url, bearer = server.metrics or f"{server.url}/metrics", {"Authorization": f"Bearer {TOKEN}"}
    text = requests.get(url, headers=bearer, timeout=5).text
    found = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return {(each.name, frozenset(each.labels.items())): each.value for each in found}


def verified(server):
    """How many requests to `GET /auth/verify` were counted."""
    labels = {"route": "/auth/verify", "method": "GET", "status": "401"}
    return samples(server).get((REQUESTS_TOTAL, frozenset(labels.items())), 0)


def verify(server, times):
    for _ in range(times):
        requests.get(f"{server.url}/auth/verify", timeout=5)


def went_back(before, after):
    """Which counters of `before` are lower or missing in `after`."""
    counters = {key: value for key, value in before.items() if key[0].endswith(("_total", "_count", "_bucket", "_sum"))}
    return {key: (value, after.get(key)) for key, value in counters.items() if after.get(key, -1) < value}


def await_others(server, gone):
    """Return when the processes `gone` have ended and two workers are prepared."""

    def there():
        if set(gone) & set(server.workers) or len(server.workers) != 2:
            return False
        return answers(f"{server.url}/readyz") and samples(server).get(READY) == 1

    wait_until(there, 40)


def test_all_workers_are_counted_together_and_no_counter_goes_back_when_one_dies(server, folder):
    counted = verified(server)
    verify(server, 20)
    assert verified(server) == counted + 20
    before, pid = samples(server), server.workers[0]
    os.kill(pid, signal.SIGKILL)
    await_others(server, [pid])
    assert went_back(before, samples(server)) == {}
    verify(server, 10)
    assert verified(server) == counted + 30
    places = {path.name.rpartition("_")[2] for path in folder.glob(f"{FOLDERS}/*.db")}
    assert places <= {f"{place}.db" for place in range(4)}, "as many as lived at the same time, in a reload"


def test_no_counter_goes_back_over_a_reload(server):
    verify(server, 10)
    before, pids = samples(server), server.workers
    server.process.send_signal(signal.SIGHUP)
    await_others(server, pids)
    assert went_back(before, samples(server)) == {}


def test_only_metrics_answer_on_their_port_and_not_without_the_token_on_the_other(server):
    own = (server.metrics or "http://127.0.0.1:9464/metrics").removesuffix("/metrics")
    if server.metrics:  # granian has no port for them
        assert requests.get(f"{own}/healthz").status_code == 404
        assert requests.get(f"{own}/metrics", headers={"Host": "127.0.0.1:1"}).status_code == 200
    assert requests.get(f"{server.url}/metrics").status_code == 401
    assert requests.get(f"{server.url}/metrics", headers={"Host": own.removeprefix("http://")}).status_code == 401
    assert requests.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_every_line_is_json_whatever_is_sent(mongod_url, worker_id, program):
    url = mongod_url.format(name=f"lines_{worker_id}")
    with Server(program=program, DB_URL=url, WEB_CONCURRENCY=1, LOG_LEVEL="debug") as server:
        for request in REQUESTS.values():
            answer(server.port, request)
        for text in HOSTILE:
            send_everywhere(server, text.encode("unicode_escape").decode() if "\n" in text else text)
        requests.post(
            f"{server.url}/auth/login", json={"email": "a\u2028\x1b[31m@x.example", "password": "\ud83d\ude00"}
        )
        (pid,) = server.workers
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in server.workers and answers(f"{server.url}/readyz"), 40)
    lines = [json.loads(line) for line in server.output.splitlines()]
    assert all({"time", "level", "event", "logger", "pid"} <= line.keys() for line in lines)
    assert {"auth_service.access", OWN_LOGGERS[program], "auth_service.monitoring.readiness"} <= {
        line["logger"] for line in lines
    }
    assert not [line for line in lines if "evil" in json.dumps(line)]
    assert len([line for line in lines if line["event"] == "request"]) > len(REQUESTS) / 2


def send_everywhere(server, text):
    """`text` as bytes in the method, the path, the query and all headers the service reads."""
    value = text.encode()
    head = b"Host: %b\r\nX-Request-ID: %b\r\nUser-Agent: %b\r\nReferer: %b\r\nOrigin: %b\r\nCookie: refreshToken=%b\r\n"
    head = head % ((value,) * 6) + b"Authorization: Bearer %b\r\nX-Forwarded-For: %b\r\nConnection: close\r\n\r\n" % (
        value,
        value,
    )
    for line in (
        b"GET /%b?%b HTTP/1.1\r\n" % (value, value),
        b"G%b / HTTP/1.1\r\n" % value,
        b"POST /auth/login HTTP/1.1\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=8) as connection:
            connection.sendall(line + head)
            connection.recv(4096)
