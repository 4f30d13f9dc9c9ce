"""API keys in JSON: what a new one takes, and how it is shown."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from auth_service.settings.forms import duration
from auth_service.web.schemas.base import InputSchema, OutputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.times import Timestamp

DEFAULT_LIFETIME = "90d"
LONGEST_LIFETIME = timedelta(days=366)
SHORTEST_LIFETIME = timedelta(minutes=1)


def lifetime(text: str) -> timedelta:
    """How long a key works, from a text such as `90d`.

    Raises:
        marshmallow.ValidationError: it is no duration from a minute to 366 days.
    """
    try:
        length: timedelta = duration().parse(text.strip())
    except ValueError:
        raise ValidationError("Must be a duration such as 12h or 90d") from None
    if not SHORTEST_LIFETIME <= length <= LONGEST_LIFETIME:
        raise ValidationError("Must be from 1m to 366d")
    return length


class NewKeySchema(InputSchema):
    """A key's name, for people, and how long it works."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    expires_in = fields.String(
        data_key="expiresIn", load_default=DEFAULT_LIFETIME, validate=lifetime, metadata={"example": "90d"}
    )

    @post_load
    def _read(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Replace the text of the duration, which is valid, by the duration."""
        return {**data, "expires_in": lifetime(data["expires_in"])}


class KeySchema(OutputSchema):
    """A key; its secret is not stored."""

    sessionId = fields.String()
    name = fields.String()
    createdAt = Timestamp()
    lastSeenAt = Timestamp()
    ip = fields.String()
    location = fields.String()
    expiresAt = Timestamp()


class NewKeyAnswerSchema(MessageSchema):
    """A new key, and the secret to present as bearer token; it is shown once."""

    key = fields.Nested(KeySchema(only=("sessionId", "name", "expiresAt")), required=True)
    secret = fields.String(required=True)
