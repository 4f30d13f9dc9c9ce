"""The embedded database of `make run`: a mongod with its data in `instance/`, which one process uses at a time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auth_service.development.mongod import Mongod
from auth_service.development.mongod_binary import MongodUnavailable

INSTANCE = Path("instance")
URL = INSTANCE / "database.url"  # of the database that runs
NAME = "auth_service"


@contextmanager
def embedded_database() -> Iterator[str]:
    """A context in which the database runs; its URL.

    Raises:
        SystemExit: another process uses `instance/`, or no mongod can run here.
    """
    with _locked_instance():
        mongod = Mongod(INSTANCE / "mongodb")
        try:
            mongod.start()
        except MongodUnavailable as error:
            raise SystemExit(str(error)) from None
        try:
            url = mongod.url.replace("/?", f"/{NAME}?")
            print(f"database at {url}", file=sys.stderr, flush=True)
            URL.write_text(url)
            yield url
        finally:
            URL.unlink(missing_ok=True)
            mongod.stop()


def running_url() -> str | None:
    """The URL of the database that another process runs in `instance/`, if one does."""
    if not URL.exists():
        return None
    try:
        with FileLock(INSTANCE / "run.lock", timeout=0):
            return None  # it was killed, and left the file
    except Timeout:
        return URL.read_text()


@contextmanager
def _locked_instance() -> Iterator[None]:
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(INSTANCE / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SystemExit(f"{INSTANCE}/ is in use by another `make run`; stop that one first.") from None
    with lock:
        yield
