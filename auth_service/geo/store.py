"""The folder of the file: beside it only a `.lock` and a `.json` stay, whatever happens to an update."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auth_service.geo.failures import FolderUnusable, UpdateRunning


class Store:
    """The file at `path`. Others may read it at any time; who changes anything holds the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.state_path = self._beside("json")
        self.download_path = self._beside("download")
        self.candidate_path = self._beside("candidate")
        self._lock_path = self._beside("lock")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one of this machine who updates; the lock of a process that was killed is free.

        Raises:
            UpdateRunning: another one is at it.
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
        """Put the candidate in the file's place, in one step: readers have the old one or the new one, whole."""
        with self.candidate_path.open("rb") as candidate:
            os.fsync(candidate.fileno())
        os.replace(self.candidate_path, self.path)

    def _clear(self) -> None:
        """Remove what is unfinished, also that of a process that was killed over it."""
        for path in (self.download_path, self.candidate_path, self._beside("json.new")):
            path.unlink(missing_ok=True)

    def _make_folder(self) -> None:
        for folder in reversed([self.path.parent, *self.path.parent.parents]):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")
