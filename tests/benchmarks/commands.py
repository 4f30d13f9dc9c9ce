"""The targets that are a command: the peers from their packages, another checkout of this project, and limit (a).

The peers run from a virtual environment of their own, by the gunicorn settings of the service where they are WSGI.
"""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import requests

from auth_service.development.mongod import die_with_parent, free_port
from tests.benchmarks.load import Request
from tests.benchmarks.processes import answers_at_all, is_worker
from tests.benchmarks.targets import HERE, PASSWORD, PEOPLE, WORKERS, Calls, Target, credentials, shipped
from tests.support.server import ROOT, START_TIMEOUT, children, wait_until
from tests.support.settings import environment

PEERS_BIN = ROOT / ".venv-bench" / "bin"


class Started(Target):
    """A target that is a command: `command(port)` in `where`, with `variables` for its environment."""

    where = HERE
    probe = "/check"
    port = 0

    def start(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (self.folder / "log").open("w")
        self._process = subprocess.Popen(
            self.command(self.port),
            cwd=self.where,
            env=self.environ,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        self.pid = self._process.pid
        wait_until(lambda: self._ended() or answers_at_all(self.url + self.probe), START_TIMEOUT)
        if self._ended():
            raise RuntimeError(f"{self.name} ended: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @property
    def environ(self):
        return {"PATH": os.environ["PATH"], **environment(**shipped(self.database))}

    @property
    def workers(self):
        return [pid for pid in children(self.pid) if is_worker(pid)]

    def _ended(self):
        return self._process.poll() is not None


class Peer(Started):
    """A peer, from its package in the virtual environment of the peers."""

    python = PEERS_BIN / "python"

    def fill(self):
        """Make its people; returns all that app.py wrote of them."""
        target = self.folder / "people.json"
        command = [self.python, "app.py", "people", target, str(PEOPLE), PASSWORD]
        outcome = subprocess.run(command, cwd=self.where, env=self.environ, capture_output=True, text=True, timeout=120)
        if outcome.returncode:
            raise RuntimeError(f"{self.name} was not filled: {outcome.stderr[-2000:]}")
        made = json.loads(target.read_text())
        self.tokens, self.emails = made["tokens"], made["emails"]
        return made


class Before(Peer, Calls):
    """Another checkout of this project under gunicorn, with `python`, an interpreter that has what it requires."""

    name = "before"
    where = HERE / "peers" / "before"
    probe = "/healthz"

    def __init__(self, folder, mongod, checkout, python):
        super().__init__(folder, mongod)
        self._checkout, self.python = Path(checkout).resolve(), python
        self._made = {"environment": {}}

    def fill(self):
        self._made = super().fill()
        self.where = self.folder  # not the checkout: a developer's `.env` must not be read

    def command(self, port):
        return [self.python, "-m", "gunicorn", "-c", self._checkout / "gunicorn.conf.py", "wsgi:app"]

    def fresh_chains(self, count):
        """Of those that were made at first; siblings share them."""
        return [self._made["refresh"].pop() for _ in range(count)]

    @property
    def environ(self):
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self._checkout), **self._made["environment"]}
        return {**variables, "DB_URL": self.database, "HOST": "127.0.0.1", "PORT": str(self.port)}


class FlaskSecurity(Peer):
    """Flask-Security-Too on MongoEngine, under gunicorn with the service's settings."""

    name = "flask_security"
    where = HERE / "peers" / "flask_security"
    cookie = "fs_refresh"
    refresh_path = "/refresh-token"
    kinds = ("verify", "profile", "login", "refresh", "mixed")

    def command(self, port):
        conf = gunicorn_settings()
        command = [PEERS_BIN / "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        command += ["--workers", str(conf["workers"]), "--threads", str(conf["threads"]), "--no-control-socket"]
        return [*command, "app:app"]

    def fresh_chains(self, count):
        target = self.folder / "chains.json"
        command = [self.python, "app.py", "chains", target, str(count)]
        subprocess.run(command, cwd=self.where, env=self.environ, check=True, capture_output=True, timeout=120)
        return json.loads(target.read_text())["refresh"]

    def _bearer(self, path):
        return [Request("GET", path, {"Authentication-Token": token}) for token in self.tokens]

    def _login(self):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return [Request("POST", "/login?include_auth_token", headers, credentials(email)) for email in self.emails]


class FastapiUsers(Peer):
    """fastapi-users on Beanie with the database strategy, under uvicorn with as many workers. It has no refresh."""

    name = "fastapi_users"
    where = HERE / "peers" / "fastapi_users"
    kinds = ("verify", "profile", "login", "mixed")

    def command(self, port):
        command = [PEERS_BIN / "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port)]
        return [*command, "--workers", str(WORKERS), "--no-access-log", "--log-level", "warning"]

    def _login(self):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        form = "username={}&password=" + PASSWORD.replace(" ", "+")
        return [
            Request("POST", "/auth/login", headers, form.format(email.replace("@", "%40"))) for email in self.emails
        ]


class Limit(Started):
    """Limit (a): a bare WSGI function under the service's gunicorn, on the service's own sessions."""

    name = "limit"
    probe = "/"
    kinds = ("verify",)

    def __init__(self, folder, mongod, service):
        super().__init__(folder, mongod)
        self.where = self.folder  # not the project's: a developer's `.env` must not be read
        self.data = service.data
        self._service, self._given = service, self.folder / "given.json"

    def fill(self):
        """Learn the sessions, and the headers of the service's answer; the service must be running."""
        self.tokens = self._service.tokens
        bearer = {"Authorization": f"Bearer {self.tokens[0]}"}
        answer = requests.get(f"{self._service.url}/auth/verify", headers=bearer, timeout=5)
        headers = [pair for pair in answer.headers.items() if pair[0] not in ("Server", "Date", "Connection")]
        people = [[record["sessionId"], str(record["userId"])] for record in self._service.records]
        self._given.write_text(json.dumps({"people": people, "headers": headers}))

    def command(self, port):
        conf = HERE / "limit" / "gunicorn.conf.py"
        return [sys.executable, "-m", "gunicorn", "-c", conf, "tests.benchmarks.limit.app:app"]

    @property
    def environ(self):
        given = {"LIMIT_FILE": str(self._given), "SERVICE_CONF": str(ROOT / "gunicorn.conf.py")}
        return {**super().environ, **given, "PYTHONPATH": str(ROOT), "HOST": "127.0.0.1", "PORT": str(self.port)}

    def _verify(self):
        return self._bearer("/auth/verify")


def gunicorn_settings():
    """What the service's gunicorn.conf.py says."""
    variables = environment(**shipped("mongodb://127.0.0.1/x"))
    with mock.patch.dict(os.environ, variables, clear=True):
        return runpy.run_path(str(ROOT / "gunicorn.conf.py"))
