"""The files in which the workers of one gunicorn count together: a private folder, one set of mapped files a place.

A worker takes the lowest free place and continues the figures of its predecessor there. So no counter decreases when a
worker dies, and there are no more files than workers that ran at the same time. Only the master creates and removes the
folder; the folders of killed masters are removed at the next start.
"""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client looks for the folder
PREFIX = "auth_service_metrics_"
LOCK = "lock"

_folder: Path | None = None


def folder() -> Path | None:
    """The folder this process counts in; `None` when it counts alone."""
    return _folder


def open_folder() -> Path:
    """Create the folder, in the master; idempotent."""
    global _folder
    if _folder is None:
        _remove_abandoned(Path(tempfile.gettempdir()))
        _folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # 0700
        _lock(_folder)
    return _folder


def remove_folder() -> None:
    """Remove the folder, in the master, when all workers have ended."""
    global _folder
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
        _folder = None


def free_place(taken: Iterable[int]) -> int:
    """The lowest place that is not `taken`."""
    occupied = set(taken)
    return next(place for place in range(len(occupied) + 1) if place not in occupied)


def take_place() -> int:
    """Take the lowest free place, in a worker; the process holds it until it ends.

    The gauges of the last worker there are dropped.
    """
    assert _folder is not None, "the master opens the folder"
    for place in itertools.count():
        descriptor = os.open(_folder / f"place{place}.lock", os.O_CREAT | os.O_RDWR, 0o600)  # stays open
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        leave(place)
        return place
    raise AssertionError("there is always a free place")


def count_in(place: int) -> None:
    """Count in the files of `place` from now on, in a worker. Call it before any metric is created."""
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: place)  # type: ignore[no-untyped-call]


def leave(place: int) -> None:
    """Drop the gauges of the ended worker that had `place`; its counters stay."""
    if _folder is not None:
        mark_process_dead(place, str(_folder))  # type: ignore[no-untyped-call]


def _lock(folder: Path) -> None:
    """Hold a lock in the folder while this process or a child of it runs. The file appears already locked."""
    descriptor = os.open(folder / "lock.new", os.O_CREAT | os.O_RDWR, 0o600)  # stays open
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.rename(folder / "lock.new", folder / LOCK)


def _remove_abandoned(parent: Path) -> None:
    for candidate in parent.glob(f"{PREFIX}*"):
        if _is_ours(candidate) and _is_abandoned(candidate / LOCK):
            shutil.rmtree(candidate, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    return not path.is_symlink() and path.is_dir() and path.stat().st_uid == os.geteuid()


def _is_abandoned(lock: Path) -> bool:
    try:
        with lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
