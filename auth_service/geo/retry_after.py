"""The header `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date."""

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)


def wanted_pause(value: str | None, *, now: datetime) -> timedelta | None:
    """How long to wait, at most a week; `None` when nothing readable is said."""
    if not value:
        return None
    pause = _seconds(value.strip()) if value.strip().isdigit() else _until(value, now)
    return None if pause is None else max(timedelta(0), min(pause, LONGEST))


def _seconds(value: str) -> timedelta:
    return timedelta(seconds=int(value)) if len(value) < 10 else LONGEST


def _until(value: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - now
