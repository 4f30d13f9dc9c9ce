"""Serves an application of the tests to a browser, and can hold its answers back or spoil them, as a network does."""

import contextlib
import threading
from collections import Counter

from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *details):
        """A browser asks for much."""


class Served:
    """A WSGI application on a port of this machine; a context manager."""

    def __init__(self, app, port=0):
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *details):
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


class Site(Served):
    """An application on a port of its own, on `localhost`, behind a network that can be made worse."""

    def __init__(self, app, *, port=0):
        self.app = app
        self._network = Network(app)
        self.answers = self._network.answers
        super().__init__(self._network, port)

    def reset(self):
        self.answers.clear()
        self._network.held.clear()
        self._network.spoiled.clear()

    def count(self, path, status=200):
        """How many requests for `path` were answered with `status`, since the last reset."""
        return self.answers[path, status]

    @contextlib.contextmanager
    def holding(self, path, *, unseen=False):
        """Keep the next answer of `path` back until the end: the service has done its work, and nobody knows.

        `unseen`: keep the request back instead, so that the service knows nothing of it.
        """
        hold = self._network.held[path] = Hold(unseen)
        try:
            yield hold
        finally:
            del self._network.held[path]
            hold.released.set()

    @contextlib.contextmanager
    def spoiling(self, path, status, body=b"<html>Bad gateway</html>", **headers):
        """Answer `path` as a proxy does which does not reach the service."""
        self._network.spoiled[path] = status, body, headers
        try:
            yield
        finally:
            del self._network.spoiled[path]


class Hold:
    def __init__(self, unseen):
        self.unseen = unseen
        self.arrived, self.released = threading.Event(), threading.Event()

    def wait(self):
        """Only the first one waits."""
        if not self.arrived.is_set():
            self.arrived.set()
            self.released.wait(30)


class Network:
    """WSGI middleware; what is not held or spoiled passes unchanged."""

    def __init__(self, app):
        self._app = app
        self.held, self.spoiled = {}, {}
        self.answers = Counter()

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path in self.spoiled:
            status, body, headers = self.spoiled[path]
            self.answers[path, status] += 1
            start_response(f"{status} Spoiled", [("Content-Type", "text/html"), *headers.items()])
            return [body]

        def started(status, headers, *more):
            self.answers[path, int(status[:3])] += 1
            return start_response(status, headers, *more)

        hold = self.held.get(path)
        if hold and hold.unseen:
            hold.wait()
        answer = self._app(environ, started)
        if hold and not hold.unseen:
            hold.wait()
        return answer
