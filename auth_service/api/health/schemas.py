"""The answers about the service itself."""

from marshmallow import fields

from auth_service.web.schemas.base import OutputSchema
from auth_service.web.schemas.message import MessageSchema


class LiveSchema(MessageSchema):
    """The answer at the root."""

    name = fields.String(required=True)


class StatusSchema(OutputSchema):
    """One word."""

    status = fields.String(required=True)
