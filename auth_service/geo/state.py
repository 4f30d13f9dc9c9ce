"""What is remembered from one update to the next, and shared by all processes of a machine: a small JSON file.

A file that is missing or cannot be read is an empty memory. Of the source it holds a name and a fingerprint.
"""

import json
import os
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auth_service.geo.failures import UpdateFailed
from auth_service.geo.source import Source

FIRST_PAUSE = timedelta(minutes=1)  # after a failure, doubled by every further one
LONGEST_PAUSE = timedelta(hours=12)
MOST_DOWNLOADS = 4  # without being told to, within a day
DAY = timedelta(days=1)
MOMENTS = ("checked_at", "built", "failed_at", "not_before", "retry_at")


@dataclass(frozen=True, slots=True)
class State:
    """`checked_at` is the last successful check.

    `not_before` is when a failed one is tried again, `retry_at` the earliest that the source allows.
    """

    source: str = ""
    fingerprint: str = ""
    checked_at: datetime | None = None
    built: datetime | None = None
    last_modified: str | None = None
    failures: int = 0
    problem: str | None = None
    failed_at: datetime | None = None
    not_before: datetime | None = None
    retry_at: datetime | None = None
    downloads: tuple[datetime, ...] = ()

    def of(self, source: Source) -> "State":
        """The same for `source`: what another source, or one with other credentials, said or refused counts no more."""
        if self.fingerprint == source.fingerprint:
            return self
        return State(source=source.name, fingerprint=source.fingerprint, downloads=self.downloads)

    def checked(self, now: datetime, *, built: datetime, last_modified: str | None) -> "State":
        """After a check that found the file to be the newest, or made it so."""
        kept = replace(self, checked_at=now, built=built, last_modified=last_modified)
        return replace(kept, failures=0, problem=None, failed_at=None, not_before=None, retry_at=None)

    def downloading(self, now: datetime) -> "State":
        """When another download begins."""
        return replace(self, downloads=(*(each for each in self.downloads if now - DAY < each <= now), now))

    def failed(self, now: datetime, failure: UpdateFailed) -> "State":
        """After a check that failed: the next waits longer each time, and as long as the source asks."""
        pause = min(FIRST_PAUSE * 2 ** min(self.failures, 20), LONGEST_PAUSE)
        retry_at = now + failure.retry_after if failure.retry_after else None
        failed = replace(self, failures=self.failures + 1, problem=str(failure), failed_at=now)
        return replace(failed, not_before=now + pause, retry_at=retry_at)

    def due(self, now: datetime, *, max_age: timedelta, missing: bool) -> datetime:
        """When the next check is due, at the earliest `now`."""
        checked_at = None if missing or self.checked_at is None else min(self.checked_at, now)
        moments = [now, checked_at + max_age if checked_at else now, self.not_before or now, self.retry_at or now]
        recent = [each for each in self.downloads if now - DAY < each <= now]
        if len(recent) >= MOST_DOWNLOADS:
            moments.append(recent[-MOST_DOWNLOADS] + DAY)
        return max(moments)


def read(path: Path) -> State:
    """What the file at `path` remembers."""
    try:
        kept = json.loads(path.read_text())
        times = {name: kept[name] and _moment(kept[name]) for name in MOMENTS}
        counts = {"failures": int(kept["failures"]), "downloads": tuple(map(_moment, kept["downloads"]))}
        return State(**{**kept, **times, **counts})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return State()


def write(path: Path, state: State) -> None:
    """Remember `state`, whole or not at all."""
    kept = {field.name: _plain(getattr(state, field.name)) for field in fields(state)}
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(json.dumps(kept, indent=2))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value
