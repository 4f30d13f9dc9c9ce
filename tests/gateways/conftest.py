"""What the tests with gateways share: a running service with keys, an application behind it, and a token."""

import json
from http.server import BaseHTTPRequestHandler

import pytest

from tests.support.keys.files import ORIGIN, es256, new_key, variables
from tests.support.peers.loopback import Loopback
from tests.support.remote import Remote
from tests.support.server import Server

KEY = new_key()


class Mirror(BaseHTTPRequestHandler):
    """Answers what it was asked, and counts."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def answer(self):
        type(self).asked += 1
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = {"method": self.command, "path": self.path, "headers": self.headers.items(), "body": content}
        body = json.dumps(asked).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Asked", self.command)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_DELETE = answer

    def log_message(self, *details):
        pass


@pytest.fixture(scope="session")
def service(mongod_url, worker_id, tmp_path_factory):
    """The service, with one key and short-lived people."""
    keyed = variables(tmp_path_factory.mktemp("keys") / "keys.pem", KEY)
    with Server(DB_URL=mongod_url.format(name=f"gateways_{worker_id}"), TRUST_PROXY=1, **keyed) as server:
        assert Remote(server.url).register().status_code == 201
        yield server


@pytest.fixture(scope="session")
def application():
    with Loopback(Mirror) as server:
        yield server


@pytest.fixture
def asked():
    """How often the application has been asked."""
    return lambda: Mirror.asked


@pytest.fixture
def person(service):
    """Somebody who is logged in."""
    return Remote(service.url).logged_in()


@pytest.fixture
def forge():
    """Makes a token by hand, by default with the key of the service."""
    return lambda claims, header, key=KEY: es256(claims, header, key)


@pytest.fixture
def environ(service):
    """The environment of a service that verifies by the keys."""
    return {"AUTH_ISSUER": ORIGIN, "AUTH_KEYS_URL": f"{service.url}/.well-known/jwks.json"}
