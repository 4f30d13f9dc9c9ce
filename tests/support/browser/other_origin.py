"""A page of an application that has an origin of its own."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<!doctype html><html lang='en'><title>An application</title><h1>An application</h1></html>"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.page.encode() if self.path == "/" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *details):
        """A browser asks for much."""


@contextlib.contextmanager
def another_origin(page=PAGE):
    """Serve `page` at another origin of the same site, until the end; the origin, whose server has its `page`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.page, server.daemon_threads = page, True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.origin = f"http://localhost:{server.server_port}"
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
