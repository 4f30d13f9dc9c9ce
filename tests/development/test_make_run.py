"""`make run` on a fresh clone: it starts everything it needs, and stops all of it."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from auth_service.development.mongod import free_port
from tests.support.server import ROOT, children, is_running, wait_until

NEEDED = (
    "auth_service",
    "Makefile",
    "wsgi.py",
    "gunicorn.conf.py",
    "migrations_seed",
    "requirements.txt",
    "requirements-run.txt",
)
MAKE = ["make", "--no-print-directory", "--old-file", ".venv/.installed-run"]  # nothing is installed


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The files of a clone that `make run` needs, with a virtual environment that is installed already."""
    folder = tmp_path_factory.mktemp("clone")
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def accept_ctrl_c():
    """Restore the default for SIGINT, which a shell lets its background jobs ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """One `make run` in the folder `clone`, with one worker unless the variables say otherwise."""

    def __init__(self, clone, **variables):
        variables = {"WEB_CONCURRENCY": 1, **variables}
        self.port = variables.setdefault("PORT", free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = clone / f"run-{uuid4().hex}.log"
        environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
        with self._log.open("w") as log:
            self.make = subprocess.Popen(
                [*MAKE, "run"],
                cwd=clone,
                env={**environ, **{name: str(value) for name, value in variables.items()}},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=accept_ctrl_c,
            )

    def __enter__(self):
        wait_until(lambda: "listening on" in self.output or self.make.poll() is not None, 60)
        assert self.make.poll() is None, self.output
        return self

    def __exit__(self, *details):
        self.stop()

    def stop(self, number=signal.SIGTERM):
        """Send make alone the signal; every process that it started must end soon after."""
        started = self.processes()
        if self.make.poll() is None:
            self.make.send_signal(number)
        self.make.wait(40)
        wait_until(lambda: not any(is_running(pid) for pid in started), 10)

    def processes(self):
        """make and all its descendants."""
        found, todo = [], [self.make.pid]
        while todo:
            found.append(pid := todo.pop())
            todo += children(pid)
        return found

    @property
    def output(self):
        return self._log.read_text()


@pytest.fixture(scope="module")
def running(clone):
    """A run of a folder of its own that nobody stops."""
    folder = shutil.copytree(clone, clone.parent / "running", symlinks=True, ignore=lambda *_: ["instance", ".env"])
    with Run(folder) as run:
        run.folder = folder
        yield run


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def admin_line(output):
    return re.findall(r"^admin (\S+) password (\S+)$", output, re.MULTILINE)


def frame(output):
    """The lines that a start prints last, between rules."""
    _, framed, _ = output.split("-" * 60 + "\n")
    return framed.splitlines()


@pytest.mark.edge
def test_first_run_prints_the_admin_once_and_later_runs_keep_the_data(clone):
    with Run(clone) as first:
        ((email, password),) = admin_line(first.output)
        credentials = {"email": email, "password": password}
        assert requests.post(f"{first.url}/auth/login", json=credentials).status_code == 200
        assert (mode(clone / ".env"), mode(clone / "instance")) == (0o600, 0o700)
        assert len(first.processes()) >= 5
        dotenv = (clone / ".env").read_text()
        assert requests.post(f"{first.url}/auth/passkey/options").status_code == 200
    assert "Traceback" not in first.output
    assert frame(first.output)[0] == f"listening on http://localhost:{first.port}"
    assert frame(first.output)[3] == f"mails http://localhost:{first.port}/dev/mails"
    with Run(clone, CORS_ORIGINS="http://localhost:5173") as second:
        assert admin_line(second.output) == []
        assert f"admin {email}; for another password: " in frame(second.output)[1]
        url = f"http://localhost:{second.port}"
        assert frame(second.output)[2] == f"pages on {url}/account and {url}/admin"
        assert f"must call {url}, not http://127.0.0.1:" in frame(second.output)[4]
        assert requests.post(f"{second.url}/auth/login", json=credentials).status_code == 200
        assert (clone / ".env").read_text() == dotenv


@pytest.mark.edge
def test_ctrl_c_in_the_terminal_stops_everything(clone):
    with Run(clone) as run:
        started = run.processes()
        os.killpg(run.make.pid, signal.SIGINT)
        run.make.wait(40)
        wait_until(lambda: not any(is_running(pid) for pid in started), 10)
    assert "Traceback" not in run.output


@pytest.mark.edge
def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_works(clone):
    with Run(clone) as run:
        started = run.processes()
        os.kill(run.make.pid, signal.SIGKILL)
        supervisor = next(pid for pid in started if pid != run.make.pid)
        os.kill(supervisor, signal.SIGKILL)
        wait_until(lambda: not any(is_running(pid) for pid in started if pid != run.make.pid), 30)
    with Run(clone):
        pass


@pytest.mark.edge
def test_a_second_run_in_the_same_folder_gets_one_clear_sentence(running):
    other = Run(running.folder)
    assert other.make.wait(30) != 0
    assert "instance/ is in use by another `make run`" in other.output
    assert "Traceback" not in other.output


@pytest.mark.edge
def test_a_taken_port_gets_one_clear_sentence(clone, running):
    shutil.copytree(clone, clone.parent / "elsewhere", symlinks=True, ignore=lambda *_: ["instance"])
    other = Run(clone.parent / "elsewhere", PORT=running.port)
    assert other.make.wait(60) != 0
    assert f"Port {running.port} cannot be used" in other.output
    assert "Traceback" not in other.output


@pytest.mark.edge
def test_with_db_url_no_database_is_started(clone, mongod_url, worker_id):
    with Run(clone, DB_URL=mongod_url.format(name=f"make_run_{worker_id}")) as run:
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in run.processes()]
        assert not any(b"mongod\0" in command for command in commands)
        assert len(admin_line(run.output)) <= 1


def printed(folder, command):
    """What a command prints on standard output in `folder`."""
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.edge
def test_a_command_works_on_the_database_of_make_run_whether_that_runs_or_not(clone):
    command = [".venv/bin/python", "-m", "auth_service", "users", "list"]
    with Run(clone):
        running = printed(clone, command)
        assert printed(clone, [*MAKE, "flask", "ARGS=users list"]) == running
        assert (clone / "instance" / "database.url").exists()
    assert running.split()[1] == "admin"
    assert printed(clone, command) == running
    assert not (clone / "instance" / "database.url").exists()
    assert "JWT_SECRET_PREVIOUS=" in printed(clone, [*command[:3], "secrets", "rotate"])
