"""Updates the file: asks the source, downloads, checks, and only then replaces it; one process a machine at a time."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from auth_service.geo import archive, state
from auth_service.geo.description import Description, describe, examine
from auth_service.geo.failures import FolderUnusable, UpdateFailed
from auth_service.geo.source import Source, open_source
from auth_service.geo.state import State
from auth_service.geo.store import Store
from auth_service.geo.visit import Fetched, Progress, Visit
from auth_service.outbound.http import OutboundClient, TimeLimits
from auth_service.settings.geo import GeoSettings

JITTER = 0.1  # of the maximum age, so that machines do not all ask at the same moment

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The file after a check, and whether the check replaced it."""

    file: Description
    changed: bool


class Updates:
    """Keeps the file of `store` as new as that of `source`. A check is due `max_age`, less a jitter, after the last."""

    def __init__(
        self, store: Store, source: Source, *, now: Now, max_age: timedelta, limits: TimeLimits | None = None
    ) -> None:
        self.store = store
        self.source = source
        self._now = now
        self._max_age = max_age * (1 - JITTER * secrets.SystemRandom().random())
        self._limits = limits or TimeLimits()
        self._client: OutboundClient | None = None
        self._stopped = threading.Event()

    @property
    def state(self) -> State:
        """The state for this source."""
        return state.read(self.store.state_path).of(self.source)

    def due_in(self) -> timedelta:
        """How long until the next check is due."""
        now = self._now()
        return self.state.due(now, max_age=self._max_age, missing=not os.path.isfile(self.store.path)) - now

    def run(self, *, force: bool = False, progress: Progress = lambda received, total: None) -> Outcome:
        """Check now. With `force`, fetch the file even if it is not newer or the source has asked to wait.

        Raises:
            UpdateRunning: another process is updating the file.
            UpdateFailed: the old file, if any, stays; the state keeps the reason.
        """
        with self.store.locked():
            retry_at = self.state.retry_at
            if retry_at and retry_at > self._now() and not force:
                raise UpdateFailed(f"{self.source.name} asks to be left alone until {retry_at:%Y-%m-%d %H:%M} UTC")
            return self._run(force, progress)

    def run_if_due(self) -> Outcome | None:
        """Check if a check is due; `None` when another process has just done it."""
        with self.store.locked():
            return None if self.due_in() else self._run(False, lambda received, total: None)

    def stop(self) -> None:
        """Cut the download under way; every later one fails."""
        self._stopped.set()
        if self._client:
            self._client.cut()

    def _run(self, force: bool, progress: Progress) -> Outcome:
        before = self.state
        present = describe(self.store.path)
        same = present is not None and present.built == before.built and not force
        known = before.last_modified if same else None
        try:
            with _file_errors():
                outcome, last_modified = self._checked(before, present, known, progress)
                after = self.state.checked(self._now(), built=outcome.file.built, last_modified=last_modified)
                state.write(self.store.state_path, after)
                return outcome
        except UpdateFailed as failure:
            self._save(self.state.failed(self._now(), failure))
            raise

    def _checked(
        self, before: State, present: Description | None, known: str | None, progress: Progress
    ) -> tuple[Outcome, str | None]:
        with OutboundClient(name="geo download", limits=self._limits) as client:
            self._client = client
            if self._stopped.is_set():
                client.cut()
            visit = Visit(self.source, client, now=self._now())
            if present and known and visit.last_modified() == known:
                return Outcome(present, changed=False), known
            state.write(self.store.state_path, before.downloading(self._now()))
            fetched = visit.fetch(self.store.download_path, unless=known, progress=progress)
            if present and fetched is None:
                return Outcome(present, changed=False), known
            assert fetched is not None  # 304 comes only where there is a file
            self._require_checksum(visit, fetched)
        return Outcome(self._installed(present), changed=True), fetched.last_modified

    def _require_checksum(self, visit: Visit, fetched: Fetched) -> None:
        published = visit.checksum()
        if published and published != fetched.sha256:
            raise UpdateFailed(f"what came from {self.source.name} does not match its checksum")

    def _installed(self, present: Description | None) -> Description:
        archive.unpack(self.store.download_path, self.store.candidate_path)
        self.store.download_path.unlink()
        found = examine(self.store.candidate_path, replacing=present, now=self._now())
        self.store.install()
        return found

    def _save(self, failed: State) -> None:
        with suppress(OSError):  # the schedule keeps its own pause
            state.write(self.store.state_path, failed)


def open_updates(settings: GeoSettings, *, now: Now) -> Updates | None:
    """The updates these settings ask for, if any."""
    source = open_source(settings)
    if source is None or settings.db_file_path is None:
        return None
    return Updates(Store(Path(settings.db_file_path)), source, now=now, max_age=settings.max_age)


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FolderUnusable(error) from None
