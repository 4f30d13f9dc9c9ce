"""Why an update failed, in one sentence without credentials; of a URL it names only the host."""

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = timedelta(days=7)


class UpdateFailed(Exception):
    """The old file stays. `retry_after` is the pause that the source asks for."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class UpdateRunning(UpdateFailed):
    """Another process of this machine is updating the file."""

    def __init__(self) -> None:
        super().__init__("another process is updating it")


class FolderUnusable(UpdateFailed):
    """The folder of the file cannot be written to, or is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the folder of GEO_DB_FILE_PATH cannot be used ({error.strerror or type(error).__name__})")


def requested_pause(value: str | None, *, now: datetime) -> timedelta | None:
    """The pause that the header `Retry-After` (RFC 9110 section 10.2.3) asks for, in seconds or until a date.

    At most a week; `None` when the header is missing or malformed.
    """
    if not value:
        return None
    pause = _seconds(value.strip()) if value.strip().isdigit() else _until(value, now)
    return None if pause is None else max(timedelta(0), min(pause, LONGEST_PAUSE))


def _seconds(value: str) -> timedelta:
    return timedelta(seconds=int(value)) if len(value) < 10 else LONGEST_PAUSE


def _until(value: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - now
