"""A real redis-server on loopback, without files."""

import os
import shutil
import signal
import socket
import subprocess

from auth_service.development.mongod import die_with_parent, free_port
from tests.support.server import wait_until

START_TIMEOUT = 10  # seconds


class Redis:
    """One redis-server; a context manager. It can be frozen, thawed and killed."""

    def __init__(self):
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed: `make edge` needs it (Debian: apt-get install redis-server)"
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._command = [program, *options]

    def __enter__(self):
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
        wait_until(self._listens, START_TIMEOUT)
        return self

    def __exit__(self, *details):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(START_TIMEOUT)

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
