"""An SMTP server that is none: it says and does exactly what a test tells it, byte by byte."""

import contextlib
import socketserver
import threading
import time


class RawServer(socketserver.ThreadingTCPServer):
    """Speaks `lines` one after the other, each after a line from the client; a context manager.

    A line may be a function of the connection. `heard` is all that the clients said. After the last line it keeps the
    connection open until the client closes it, or closes it itself with `closes`.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *lines, closes=False):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lines, self.closes, self.heard, self.connections = lines, closes, b"", 0
        self.port = self.server_address[1]
        self.url = f"smtp+plain://127.0.0.1:{self.port}"
        self.over = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *details):
        self.over.set()
        self.shutdown()
        self.server_close()


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.connections += 1
        with contextlib.suppress(OSError):
            for number, line in enumerate(self.server.lines):
                if number:
                    self._listen()
                line(self.request) if callable(line) else self.request.sendall(line)
            if not self.server.closes:
                while self._listen():
                    pass

    def _listen(self):
        said = self.request.recv(65536)
        self.server.heard += said
        return said


def dripping(text, *, every=0.05):
    """Sends a byte now and then, for ever: each comes in time, the whole never."""

    def drip(connection):
        while True:
            connection.sendall(text)
            time.sleep(every)

    return drip
