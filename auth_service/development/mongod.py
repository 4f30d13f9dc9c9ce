"""Runs a real mongod as a one-node replica set on loopback, for development and tests; never in production."""

import ctypes
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

from auth_service.development.mongod_binary import MongodUnavailable, find_binary

REPLICA_SET = "rs0"
START_TIMEOUT = 60  # seconds; a start after a crash replays the journal first
STOP_TIMEOUT = 30  # seconds
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
NOT_YET_INITIALIZED = 94  # MongoDB's error code


class Mongod:
    """One mongod with its data in the folder `data`; a context manager starts and stops it.

    `options` are appended to its command line.
    """

    def __init__(self, data: Path, *, port: int | None = None, options: Sequence[str] = ()) -> None:
        self.data = data
        self.port = port or free_port()
        self._extra_options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its URL, without the name of a database."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start it and return once it accepts writes.

        Raises:
            MongodUnavailable: no mongod runs here, its data is in use, it ended, or it did not become writable in time.
        """
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._process = subprocess.Popen(
            [find_binary(), *self._options()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal goes to the supervisor, which stops things in order
            preexec_fn=die_with_parent,
        )
        try:
            self._await_primary()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it, within `STOP_TIMEOUT` or by SIGKILL. Idempotent."""
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
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),  # soon releases the locks of a killed worker
            *self._extra_options,
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
        """Initiate the replica set, or give an existing one its present port."""
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


def free_port() -> int:
    """A TCP port on loopback on which no process listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent() -> None:
    """Let the kernel send SIGTERM to this process when its parent ends (Linux); for `preexec_fn` of a child."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
