"""`deploy/nginx.conf` under a real nginx: slow clients stay outside, and so does what clients claim about themselves.

Run by `make edge`, because `make test` needs nothing but Python.
"""

import contextlib
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest
import requests

from tests.support.deploy.edge import APPLICATION, SERVICE, Edge
from tests.support.peers.loopback import Loopback
from tests.support.server import Server, wait_until

pytestmark = pytest.mark.edge

SLOW_CLIENTS = 200
CUT_OFF = 10  # seconds: client_header_timeout and client_body_timeout
HEAD = f"POST /auth/login HTTP/1.1\r\nHost: {SERVICE}\r\nContent-Type: application/json\r\n".encode()
ADA = {"email": "ada@example.com", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def service(mongod_url, worker_id):
    with Server(DB_URL=mongod_url.format(name=f"edge_{worker_id}"), TRUST_PROXY=1) as server:
        requests.post(f"{server.url}/auth/register", json=ADA)
        yield server


@pytest.fixture(scope="module")
def application():
    """An application that answers with the headers it was asked with."""
    with Loopback(Mirror) as server:
        yield server


class Mirror(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *details):
        pass


@pytest.fixture(scope="module")
def edge(service, application, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edge")
    with Edge(folder, service_port=service.port, application_port=application.server_port) as edge:
        yield edge


class SlowClients:
    """Connections over TLS that each send `text` a byte at a time, and never to its end; a context manager."""

    def __init__(self, edge, head, text, *, count=SLOW_CLIENTS, interval=0.5):
        self._edge, self._head, self._text = edge, head, text
        self._count, self._interval = count, interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._trickle, daemon=True)

    def __enter__(self):
        self.sockets = [self._connect() for _ in range(self._count)]
        self._thread.start()
        return self

    def __exit__(self, *details):
        self._stop.set()
        self._thread.join()
        for each in self.sockets:
            each.close()

    @property
    def open(self):
        """How many nginx still waits for."""
        return sum(is_open(each) for each in self.sockets)

    def _connect(self):
        context = ssl.create_default_context(cafile=self._edge.certificate)
        plain = socket.create_connection(("127.0.0.1", self._edge.port), timeout=10)
        connection = context.wrap_socket(plain, server_hostname=SERVICE)
        connection.sendall(self._head)
        connection.setblocking(False)
        return connection

    def _trickle(self):
        for position in range(len(self._text)):
            for each in self.sockets:
                send(each, self._text[position : position + 1])
            if self._stop.wait(self._interval):
                return


def send(connection, data):
    with contextlib.suppress(OSError):  # nginx may have had enough of it
        connection.send(data)


def is_open(connection):
    try:
        return connection.recv(1) != b""
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False


SLOW = {
    "headers byte by byte": (b"", HEAD),
    "bodies byte by byte": (HEAD + b"Content-Length: 10000\r\n\r\n", b'{"email": "' + b"a" * 5000),
    "bodies that are only announced": (HEAD + b"Content-Length: 10000\r\n\r\n", b""),
    "chunks that are only announced": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n", b""),
    "nothing at all": (b"", b""),
}


def test_the_configuration_is_valid(tmp_path):
    outcome = Edge(tmp_path, service_port=1).check()
    assert outcome.returncode == 0, outcome.stderr
    assert "[warn]" not in outcome.stderr.replace('[warn] the "user" directive', "")


@pytest.mark.parametrize("kind", SLOW)
def test_beside_200_half_open_connections_readyz_is_answered(edge, kind):
    with SlowClients(edge, *SLOW[kind]) as slow:
        time.sleep(1)
        assert [edge.get("/readyz").status_code for _ in range(20)] == [200] * 20
        assert slow.open == SLOW_CLIENTS


def test_people_log_in_meanwhile(edge):
    with SlowClients(edge, *SLOW["bodies that are only announced"]) as slow:
        answer = edge.post("/auth/login", json=ADA)
        assert (answer.status_code, slow.open) == (200, SLOW_CLIENTS)


@pytest.mark.parametrize("kind", ["headers byte by byte", "bodies that are only announced"])
def test_a_client_that_stays_slow_is_cut_off(edge, kind):
    with SlowClients(edge, *SLOW[kind], count=1) as slow:
        wait_until(lambda: slow.open == 0, CUT_OFF + 30)


def test_a_body_over_the_services_limit_gets_the_services_413(edge):
    answer = edge.post("/auth/login", data=b"x" * 20_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


def test_a_body_over_the_edges_limit_never_reaches_the_service(edge):
    answer = edge.post("/auth/login", data=b"x" * 70_000)
    assert (answer.status_code, "application/json" in answer.headers["Content-Type"]) == (413, False)


def test_what_a_client_claims_about_its_address_does_not_count(edge):
    claims = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host"), "203.0.113.9")
    with logged_in(edge, headers=claims) as client:
        session = client.get(f"{edge.url}/profile").json()["session"]
    assert session["ip"] == "127.0.0.1"


def test_the_request_id_is_the_clients_if_it_is_sane_and_else_a_fresh_one(edge):
    assert edge.get("/readyz", headers={"X-Request-ID": "trace-1.A_b"}).headers["X-Request-ID"] == "trace-1.A_b"
    fresh = edge.get("/readyz", headers={"X-Request-ID": "not sane"}).headers["X-Request-ID"]
    assert len(fresh) == 32
    wait_until(lambda: {"trace-1.A_b", fresh} <= logged_ids(edge), 5)  # nginx writes after it has answered


def logged_ids(edge):
    """The request ids in nginx's log so far, of lines that are written to the end."""
    *lines, _ = (edge.folder / "access.log").read_text().split("\n")
    return {json.loads(line)["requestId"] for line in lines}


def test_no_query_is_written_to_the_log(edge):
    edge.get("/users?email=grace@example.com")
    assert "grace" not in (edge.folder / "access.log").read_text()


def test_a_page_of_the_own_origin_may_log_in_and_another_may_not(edge):
    for origin, status in (("https://localhost", 200), ("http://localhost", 403), ("https://evil.example", 403)):
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-site", "Host": SERVICE}
        assert edge.post("/auth/login", json=ADA, headers=headers).status_code == status


def test_only_who_is_logged_in_reaches_the_application_and_under_their_own_name(edge):
    forged = {"Host": APPLICATION, "X-Auth-User": "somebody else", "X-Auth-Role": "admin"}
    assert edge.get("/", headers=forged).status_code == 401
    with logged_in(edge) as client:
        seen = client.get(f"{edge.url}/", headers=forged).json()
        me = client.get(f"{edge.url}/profile").json()["user"]
    assert (seen["X-Auth-User"], seen["X-Auth-Role"]) == (me["_id"], "user")
    assert edge.get("/_verify", headers={"Host": APPLICATION}).status_code == 404


def test_a_name_that_is_not_ours_reaches_nothing(edge):
    with pytest.raises(requests.ConnectionError):
        edge.get("/readyz", headers={"Host": "evil.example"})


def logged_in(edge, headers=None):
    """A client of the edge that sends Ada's access token."""
    client = edge.client()
    client.headers.update(headers or {})
    client.headers["Authorization"] = "Bearer " + client.post(f"{edge.url}/auth/login", json=ADA).json()["accessToken"]
    return client
