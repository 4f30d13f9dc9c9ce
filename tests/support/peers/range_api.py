"""A range API on loopback that answers as it is told to."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler

from tests.support.peers.loopback import Loopback

PADDING = "".join(f"{i:035X}:0\r\n" for i in range(800))


def suffix(password):
    return hashlib.sha1(password.encode()).hexdigest().upper()[5:]


class RangeApi:
    """A context manager. Answers `status` and `body`; slowly where `drip` says, never when `silent`."""

    def __init__(self, body=PADDING, *, status=200, headers=None, drip=None, silent=False, length=None):
        self.body, self.status, self.headers = body.encode(), status, headers or {}
        self.drip, self.silent, self.length = drip, silent, length
        self.seen = []
        self.over = threading.Event()
        self.dropped = threading.Event()

    def __enter__(self):
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                api.seen.append((self.path, dict(self.headers)))
                try:
                    api.answer(self.wfile)
                except OSError:
                    api.dropped.set()

            def log_message(self, *arguments):
                pass

        self._server = Loopback(Handler)
        self._server.start()
        self.url = f"{self._server.url}/range/"
        return self

    def __exit__(self, *details):
        self.over.set()
        self._server.stop()

    def answer(self, out):
        if self.silent:
            self.over.wait(20)
            return
        length = len(self.body) if self.length is None else self.length
        headers = {"Content-Length": length, "Connection": "close", **self.headers}
        head = f"HTTP/1.1 {self.status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        self._send(out, head.encode(), slowly=self.drip == "head")
        self._send(out, self.body, slowly=self.drip == "body")

    def _send(self, out, data, *, slowly):
        if not slowly:
            out.write(data)
            return
        for i in range(len(data)):
            if self.over.is_set():
                return
            out.write(data[i : i + 1])
            time.sleep(0.02)
