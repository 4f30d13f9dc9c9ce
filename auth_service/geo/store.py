"""The file on disk, its lock, and its replacement: after an update only a `.lock` and a `.json` stay beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auth_service.geo.failures import FolderUnusable, UpdateRunning


class Store:
    """The file at `path`. Any process may read it at any time; only the holder of the lock changes it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.state_path = self._beside("json")
        self.download_path = self._beside("download")
        self.candidate_path = self._beside("candidate")
        self._lock_path = self._beside("lock")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of this machine's updates. The system releases it when its holder is killed.

        Raises:
            UpdateRunning: another process holds it.
            FolderUnusable: the folder cannot be written to.
        """
        try:
            self._make_folder()
            lock = FileLock(self._lock_path, timeout=0, thread_local=False)
            lock.acquire()
        except Timeout:
            raise UpdateRunning from None
        except OSError as error:
            raise FolderUnusable(error) from None
        try:
            self._clear()
            yield
        finally:
            self._clear()
            lock.release()

    def install(self) -> None:
        """Replace the file by the candidate, atomically."""
        with self.candidate_path.open("rb") as candidate:
            os.fsync(candidate.fileno())
        os.replace(self.candidate_path, self.path)

    def _clear(self) -> None:
        """Remove unfinished files, those of a killed process included."""
        for path in (self.download_path, self.candidate_path, self._beside("json.new")):
            path.unlink(missing_ok=True)

    def _make_folder(self) -> None:
        for folder in reversed([self.path.parent, *self.path.parent.parents]):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")
