"""The operator at a shell: each command is a process of its own, in a folder without a developer's `.env`."""

import os
import subprocess
import sys

from tests.support.server import ROOT
from tests.support.settings import environment

PROGRAM = [sys.executable, "-m", "auth_service"]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def surroundings(folder, **variables):
    """The keyword arguments of `subprocess` for a command in `folder`.

    A session of its own has no terminal, so that a prompt for a password reads standard input.
    """
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment(**variables)}
    return {"cwd": folder, "env": environ, "start_new_session": True}


def run(*arguments, folder, stdin="", program=PROGRAM, **variables):
    """The ended process of a command, with what it printed."""
    return subprocess.run(
        [*program, *arguments],
        **surroundings(folder, **variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )
