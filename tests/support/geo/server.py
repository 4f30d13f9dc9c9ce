"""A server on loopback that plays MaxMind, or a mirror: both endpoints, checksums, dates, redirects and bad days."""

import base64
import gzip
import hashlib
import io
import socket
import struct
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from tests.support.peers.loopback import Loopback

ACCOUNT, KEY = "123456", "canary-licence-key"
MONDAY, TUESDAY = "Mon, 23 Nov 2026 06:00:00 GMT", "Tue, 24 Nov 2026 06:00:00 GMT"
ADDRESS = "81.2.69.142"


def place(city="Berlin", country="DE", latitude=52.5244, longitude=13.4105):
    return {
        "city": {"names": {"en": city}},
        "country": {"iso_code": country, "names": {"en": country}},
        "location": {"latitude": latitude, "longitude": longitude},
    }


def mmdb(city="Berlin", *, built=None, kind="GeoLite2-City", known=None):
    """The bytes of a city database in which 81.2.69.0/24 is in `city`, and what is `known` besides."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en"])
    for network, record in {"81.2.69.0/24": place(city), **(known or {})}.items():
        writer.insert_network(IPSet([network]), record)
    with tempfile.NamedTemporaryFile() as file:
        writer.to_db_file(file.name)
        data = Path(file.name).read_bytes()
    return data if built is None else _built(data, built)


def _built(data, moment):
    """The same database, built at another time: the writer knows only the present."""
    at = data.index(b"build_epoch") + len(b"build_epoch") + 2
    return data[:at] + int(moment.timestamp()).to_bytes(4, "big") + data[at + 4 :]


def tar_gz(*members):
    """An archive of `(name, bytes)` and of `TarInfo`s."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return file.getvalue()


def edition(database):
    """The archive MaxMind makes of a database."""
    folder = "GeoLite2-City_20261124"
    return tar_gz(
        (f"{folder}/COPYRIGHT.txt", b"(c)"), (f"{folder}/GeoLite2-City.mmdb", database), (f"{folder}/LICENSE.txt", b"")
    )


class GeoServer:
    """A context manager. What it answers is set on it; what it was asked is in `seen`: method, path, headers."""

    def __init__(self, body=b"", **options):
        self.body, self.last_modified, self.checksum = body, MONDAY, "right"
        self.status, self.headers, self.redirect = 200, {}, None
        self.silent = self.drip = self.reset = False
        self.refuses_head = False
        vars(self).update(options)
        self.seen = []
        self.over = threading.Event()

    def __enter__(self):
        mine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mine.answer(self)

            do_HEAD = do_GET

            def log_message(self, *arguments):
                pass

        self._server = Loopback(Handler)
        self._server.start()
        self.url = self._server.url
        return self

    def __exit__(self, *details):
        self.over.set()
        self._server.stop()

    @property
    def downloads(self):
        """The paths that were fetched, apart from checksums."""
        return [path for method, path, _ in self.seen if method == "GET" and "sha256" not in path]

    def answer(self, request):
        request.close_connection = True
        self.seen.append((request.command, request.path, dict(request.headers)))
        if self.silent:
            self.over.wait(30)
        elif not self._admitted(request):
            _send(request, 401, b"Invalid license key", {})
        elif "sha256" in request.path:
            self._send_checksum(request)
        elif self.redirect:
            _send(request, 302, b"", {"Location": self.redirect})
        elif self.refuses_head and request.command == "HEAD":
            _send(request, 403, b"", {})
        elif self.status != 200:
            _send(request, self.status, b"not now", self.headers)
        elif self.last_modified and request.headers.get("If-Modified-Since") == self.last_modified:
            _send(request, 304, b"", {})
        else:
            self._send_body(request)

    def _admitted(self, request):
        parts = urlsplit(request.path)
        if parts.path.startswith("/geoip/"):
            expected = base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
            return request.headers.get("Authorization") == f"Basic {expected}"
        if parts.path == "/app/geoip_download":
            return parse_qs(parts.query)["license_key"] == [KEY]
        return True

    def _send_checksum(self, request):
        digest = hashlib.sha256(self.body).hexdigest()
        text = {"right": f"{digest}  GeoLite2-City_20261124.tar.gz\n", "wrong": f"{digest[::-1]}  x\n"}
        if self.checksum in text:
            _send(request, 200, text[self.checksum].encode(), {})
        elif self.checksum == "page":
            _send(request, 200, b"<html>" * 2000, {})
        else:
            _send(request, 404, b"", {})

    def _send_body(self, request):
        headers = {"Last-Modified": self.last_modified} if self.last_modified else {}
        if not (self.drip or self.reset):
            _send(request, 200, self.body, {**headers, **self.headers})
            return
        _send(request, 200, b"", {**headers, "Content-Length": str(len(self.body))})
        if self.reset:
            request.wfile.write(self.body[: len(self.body) // 2])
            request.wfile.flush()
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.connection.close()
        for at in range(len(self.body) if self.drip else 0):
            request.wfile.write(self.body[at : at + 1])
            if self.over.wait(0.02):
                return


def _send(request, status, body, headers):
    request.send_response_only(status)
    for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


def gzipped(data):
    return gzip.compress(data, mtime=0)
