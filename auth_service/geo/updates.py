"""Makes the file the newest there is: asks, fetches, checks, and only then swaps it in. One at a time on a machine."""

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
from auth_service.outbound.http import TimeLimits
from auth_service.settings.geo import GeoSettings

JITTER = 0.1  # of the age, so that not all machines ask at the same moment

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The file as it is now, and whether it is another than before."""

    file: Description
    changed: bool


class Updates:
    """Keeps the file of `store` as `source` has it; a check is due when the last is `max_age` old, less a bit."""

    def __init__(
        self, store: Store, source: Source, *, now: Now, max_age: timedelta, limits: TimeLimits | None = None
    ) -> None:
        self.store = store
        self.source = source
        self._now = now
        self._max_age = max_age * (1 - JITTER * secrets.SystemRandom().random())
        self._limits = limits or TimeLimits()
        self._visit: Visit | None = None
        self._stopped = threading.Event()

    @property
    def state(self) -> State:
        """What is remembered of this source."""
        return state.read(self.store.state_path).of(self.source)

    def due_in(self) -> timedelta:
        """How long until the next check is due."""
        now = self._now()
        return self.state.due(now, max_age=self._max_age, missing=not self.store.path.is_file()) - now

    def run(self, *, force: bool = False, progress: Progress = lambda received, total: None) -> Outcome:
        """Check now; `force` fetches the file whether or not it is newer, or the source has asked to wait.

        Raises:
            UpdateRunning: another process is at it.
            UpdateFailed: the old file, if any, stays; why is remembered.
        """
        with self.store.locked():
            retry_at = self.state.retry_at
            if retry_at and retry_at > self._now() and not force:
                raise UpdateFailed(f"{self.source.name} asks to be left alone until {retry_at:%Y-%m-%d %H:%M} UTC")
            return self._run(force, progress)

    def run_if_due(self) -> Outcome | None:
        """The same, if nobody has just done it; `None` when there was nothing to do."""
        with self.store.locked():
            return None if self.due_in() else self._run(False, lambda received, total: None)

    def stop(self) -> None:
        """End what is going on, and begin nothing again."""
        self._stopped.set()
        if self._visit:
            self._visit.cut()

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
            self._remember(self.state.failed(self._now(), failure))
            raise

    def _checked(
        self, before: State, present: Description | None, known: str | None, progress: Progress
    ) -> tuple[Outcome, str | None]:
        with Visit(self.source, now=self._now(), limits=self._limits) as visit:
            self._visit = visit
            if self._stopped.is_set():
                visit.cut()
            if present and known and visit.last_modified() == known:
                return Outcome(present, changed=False), known
            state.write(self.store.state_path, before.downloading(self._now()))
            fetched = visit.fetch(self.store.download_path, unless=known, progress=progress)
            if present and fetched is None:
                return Outcome(present, changed=False), known
            assert fetched is not None  # 304 answers a condition only, and that there is only with a file
            self._require_checksum(visit, fetched)
        return Outcome(self._swapped_in(present), changed=True), fetched.last_modified

    def _require_checksum(self, visit: Visit, fetched: Fetched) -> None:
        published = visit.checksum()
        if published and published != fetched.sha256:
            raise UpdateFailed(f"what came from {self.source.name} does not match its checksum")

    def _swapped_in(self, present: Description | None) -> Description:
        archive.unpack(self.store.download_path, self.store.candidate_path)
        self.store.download_path.unlink()
        found = examine(self.store.candidate_path, replacing=present, now=self._now())
        self.store.install()
        return found

    def _remember(self, failed: State) -> None:
        with suppress(OSError):  # the schedule waits all the same
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
