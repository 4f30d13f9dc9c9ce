"""The JSON every feature shares: users, sessions, errors, and how times are written."""

from datetime import datetime, timezone
from typing import Any

from marshmallow import RAISE, Schema, fields, post_dump, validate

from auth_service.documents.user import ROLES
from auth_service.services.origin.sightings import Unusual

USER_ID = "^[0-9A-Fa-f]{24}$"


class InputSchema(Schema):
    """What comes in: unknown fields are refused."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


class Timestamp(fields.Field[datetime]):
    """A time as ISO 8601 in UTC, in milliseconds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dump_only=True, metadata={"type": "string", "format": "date-time"}, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else iso(value)


class PageLimit(fields.Integer):
    """How many things a page has at most: 1 to 100, 50 unless asked otherwise."""

    def __init__(self) -> None:
        super().__init__(load_default=50, validate=validate.Range(1, 100))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit()):  # Python's int() reads more than digits
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Cursor(fields.String):
    """Where a page goes on: the `cursor` of the answer before."""

    def __init__(self) -> None:
        super().__init__(load_default=None, metadata={"format": "cursor"})


class OutputSchema(Schema):
    """What goes out: keys are the attributes' names in camelCase."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name a field in JSON, where it has no name yet."""
        first, *rest = field_name.split("_")
        field_obj.data_key = field_obj.data_key or first + "".join(word.capitalize() for word in rest)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What a field shows: of an answer, a dictionary, the value, and of anything else the attribute."""
        return obj.get(attr, default) if type(obj) is dict else getattr(obj, attr, default)


class UserSchema(OutputSchema):
    """A user as everybody sees them; never the password."""

    id = fields.String(data_key="_id")
    email = fields.String()
    role = fields.String(metadata={"enum": list(ROLES)})
    created_at = Timestamp()
    updated_at = Timestamp()


class SessionSchema(OutputSchema):
    """A session as its user sees it; nothing in it opens anything."""

    session_id = fields.String()
    user_id = fields.String()
    ip = fields.String()
    user_agent = fields.String()
    device = fields.String(metadata={"enum": ["Desktop", "Mobile", "Tablet", "Bot"]})
    browser = fields.String()
    os = fields.String()
    location = fields.String()
    unusual = fields.List(fields.String(metadata={"enum": list(Unusual)}))
    created_at = Timestamp()
    last_seen_at = Timestamp()
    expires_at = Timestamp(attribute="effective_expires_at")

    @post_dump
    def _only_what_is_unusual(self, shown: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Leave `unusual` out where nothing is."""
        if not shown["unusual"]:
            del shown["unusual"]
        return shown


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
    request_id = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())


def iso(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC, in milliseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
