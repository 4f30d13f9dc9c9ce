"""The JSON that features share: users, sessions, errors, and the format of times."""

from datetime import datetime, timezone
from typing import Any

from marshmallow import RAISE, Schema, fields, post_dump, validate

from auth_service.documents.records import SessionRecord, effective_expires_at
from auth_service.documents.user import ROLES
from auth_service.services.origin.sightings import Unusual

USER_ID = "^[0-9A-Fa-f]{24}$"


class InputSchema(Schema):
    """The input of a request: unknown fields are rejected."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


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


class PageLimit(fields.Integer):
    """The largest number of records on a page: 1 to 100, by default 50."""

    def __init__(self) -> None:
        super().__init__(load_default=50, validate=validate.Range(1, 100))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit()):  # Python's int() reads more than digits
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Cursor(fields.String):
    """Where a page begins: the `cursor` of the previous answer."""

    def __init__(self) -> None:
        super().__init__(load_default=None, metadata={"format": "cursor"})


class OutputSchema(Schema):
    """An answer, or a record in it: the fields have the names of the keys, in JSON as in the database."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value of a field in the dictionary that is dumped."""
        return obj.get(attr, default)


class UserSchema(OutputSchema):
    """A user, without the password."""

    _id = fields.String()
    email = fields.String()
    role = fields.String(metadata={"enum": list(ROLES)})
    createdAt = Timestamp()
    updatedAt = Timestamp()


class SessionSchema(OutputSchema):
    """A session as its user sees it; it contains no credential."""

    sessionId = fields.String()
    userId = fields.String()
    ip = fields.String()
    userAgent = fields.String()
    device = fields.String(metadata={"enum": ["Desktop", "Mobile", "Tablet", "Bot"]})
    browser = fields.String()
    os = fields.String()
    location = fields.String()
    unusual = fields.List(fields.String(metadata={"enum": list(Unusual)}))
    createdAt = Timestamp()
    lastSeenAt = Timestamp()
    expiresAt = EffectiveExpiry()

    @post_dump
    def _omit_empty_unusual(self, dumped: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Leave `unusual` out when it is empty."""
        if not dumped.get("unusual"):
            dumped.pop("unusual", None)
        return dumped


class MessageSchema(OutputSchema):
    """An answer that says what happened."""

    message = fields.String(required=True)


class UserAnswerSchema(MessageSchema):
    """An answer about one user."""

    user = fields.Nested(UserSchema, required=True)


class ErrorSchema(MessageSchema):
    """Every error."""

    status = fields.Integer(required=True)
    code = fields.String(required=True)
    requestId = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())


def iso(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC, in milliseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
