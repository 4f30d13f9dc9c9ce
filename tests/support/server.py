"""Runs the service as it ships, by gunicorn or by granian: real workers, environment variables alone."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from auth_service.development.mongod import die_with_parent, free_port
from tests.support.settings import environment

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT = 20  # seconds
PROGRAMS = {
    "gunicorn": ["gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "wsgi:app"],
    "granian": ["auth_service.serving"],
}


class Server:
    """One server on loopback, of one worker by default; a context manager.

    `wait_ready=False` returns as soon as it answers at all; `program` is a name of `PROGRAMS`, or a module. Modules in
    the folder `extra_path` can be imported. `open_files` is its limit of open files, soft and hard.
    """

    def __init__(self, *, wait_ready=True, program="gunicorn", extra_path=None, open_files=None, **variables):
        self.program, self._open_files = program, open_files
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._wait_ready = wait_ready
        variables = {
            "HOST": "127.0.0.1",
            "PORT": self.port,
            "LOG_LEVEL": "info",
            "WEB_THREADS": 16,
            "WEB_CONCURRENCY": 1,
            **variables,
        }
        path = os.pathsep.join(str(each) for each in (ROOT, extra_path) if each)
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment(**variables)}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe nobody reads would fill up and stop the server
        self._folder = tempfile.TemporaryDirectory()  # not the project's: a developer's `.env` must not be read

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", *PROGRAMS.get(self.program, [self.program])],
            cwd=self._folder.name,
            env=self._environ,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=self._before_it_starts,
        )
        try:
            path = "readyz" if self._wait_ready else "healthz"
            wait_until(lambda: answers(f"{self.url}/{path}") or self.process.poll() is not None, START_TIMEOUT)
            assert self.process.poll() is None, "it ended"
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *details):
        self.stop()

    def _before_it_starts(self):
        die_with_parent()
        if self._open_files:
            resource.setrlimit(resource.RLIMIT_NOFILE, self._open_files)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        self._log.seek(0)
        self.output = self._log.read()
        self._log.close()
        print(self.output)  # pytest shows it when the test fails
        self._folder.cleanup()

    @property
    def log(self):
        """What it has logged so far."""
        return Path(f"/proc/self/fd/{self._log.fileno()}").read_text()

    @property
    def workers(self):
        return children(self.process.pid)


def answers(url):
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        return False


def wait_until(condition, seconds):
    """Return once `condition()` is true; fail when it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.02)


def children(pid):
    """The process ids of the living children of `pid`."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


@contextlib.contextmanager
def frozen(pid):
    """Stop a process, all its threads, until the end; it may still work for a moment after the signal."""
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: all_threads_stopped(pid), 30)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def all_threads_stopped(pid):
    return set(thread_states(pid)) == {"T"}


def is_running(pid):
    """Whether a thread of the process has not ended; until the last one has, its connections are open.

    The first thread of a process that was killed may be a zombie before the others have ended.
    """
    return any(state not in ("Z", "X") for state in thread_states(pid))


def thread_states(pid):
    """The state of each thread of the process, a letter; none when it is gone."""
    states = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the process may go while it is listed
        for each in list(Path(f"/proc/{pid}/task").glob("*/stat")):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                states.append(each.read_text().rpartition(")")[2].split()[0])
    return states
