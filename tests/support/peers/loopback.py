"""An HTTP server on loopback with any handler; a context manager."""

import threading
from http.server import ThreadingHTTPServer


class Loopback(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *details):
        self.stop()

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def handle_error(self, *arguments):
        """A client that went away is none of the test's business."""
