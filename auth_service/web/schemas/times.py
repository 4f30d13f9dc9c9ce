"""Times in JSON: ISO 8601 in UTC, in milliseconds."""

from datetime import datetime, timezone
from typing import Any

from marshmallow import fields, missing

from auth_service.documents.records import SessionRecord, UserRecord, effective_expires_at


class Timestamp(fields.Field[datetime]):
    """A time as ISO 8601 in UTC, in milliseconds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dump_only=True, metadata={"type": "string", "format": "date-time"}, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else iso(value)


class EffectiveExpiry(Timestamp):
    """When a session expires if it is not touched again."""

    def serialize(self, attr: str, obj: SessionRecord, *args: Any, **kwargs: Any) -> str:
        """The earlier of the two limits of the session `obj`."""
        return iso(effective_expires_at(obj))


class SuspendedAt(Timestamp):
    """Since when an account is suspended; left out while it is not."""

    def serialize(self, attr: str, obj: UserRecord, *args: Any, **kwargs: Any) -> Any:
        """The time in the record `obj` of a user."""
        return iso(obj["suspended"]["at"]) if "suspended" in obj else missing


def iso(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC, in milliseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
