"""The state that updates keep from one to the next, in a small JSON file that all processes of a machine share.

A missing or malformed file is the empty state. Of the source it holds the name and the fingerprint, no credentials.
"""

import json
import os
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auth_service.geo.failures import UpdateFailed
from auth_service.geo.retries import pause_after
from auth_service.geo.source import Source

MOST_DOWNLOADS = 4  # within a day, apart from those an operator asks for
DAY = timedelta(days=1)
MOMENTS = ("checked_at", "built", "failed_at", "not_before", "retry_at")


@dataclass(frozen=True, slots=True)
class State:
    """When and how the last checks ended.

    `checked_at` is the time of the last successful one, `not_before` that of the next attempt after a failure, and
    `retry_at` the earliest that the source allows.
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
        """The state for `source`: of the state of another source or other credentials only the downloads stay."""
        if self.fingerprint == source.fingerprint:
            return self
        return State(source=source.name, fingerprint=source.fingerprint, downloads=self.downloads)

    def checked(self, now: datetime, *, built: datetime, last_modified: str | None) -> "State":
        """The state after a successful check at `now`, whether or not it replaced the file."""
        kept = replace(self, checked_at=now, built=built, last_modified=last_modified)
        return replace(kept, failures=0, problem=None, failed_at=None, not_before=None, retry_at=None)

    def downloading(self, now: datetime) -> "State":
        """The state when a download begins at `now`."""
        return replace(self, downloads=(*(each for each in self.downloads if now - DAY < each <= now), now))

    def failed(self, now: datetime, failure: UpdateFailed) -> "State":
        """The state after a failed check: the pause doubles each time, and is at least what the source asks for."""
        retry_at = now + failure.retry_after if failure.retry_after else None
        failed = replace(self, failures=self.failures + 1, problem=str(failure), failed_at=now)
        return replace(failed, not_before=now + pause_after(self.failures), retry_at=retry_at)

    def due(self, now: datetime, *, max_age: timedelta, missing: bool) -> datetime:
        """When the next check is due, at the earliest `now`."""
        checked_at = None if missing or self.checked_at is None else min(self.checked_at, now)
        moments = [now, checked_at + max_age if checked_at else now, self.not_before or now, self.retry_at or now]
        recent = [each for each in self.downloads if now - DAY < each <= now]
        if len(recent) >= MOST_DOWNLOADS:
            moments.append(recent[-MOST_DOWNLOADS] + DAY)
        return max(moments)


def read(path: Path) -> State:
    """The state in the file at `path`."""
    try:
        kept = json.loads(path.read_text())
        times = {name: kept[name] and _moment(kept[name]) for name in MOMENTS}
        counts = {"failures": int(kept["failures"]), "downloads": tuple(map(_moment, kept["downloads"]))}
        return State(**{**kept, **times, **counts})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return State()


def write(path: Path, state: State) -> None:
    """Write `state` to the file at `path`, atomically."""
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
