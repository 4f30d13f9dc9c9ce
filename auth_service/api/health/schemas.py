"""The answers about the service itself."""

from marshmallow import fields

from auth_service.web.schemas import MessageSchema, OutputSchema


class LiveSchema(MessageSchema):
    """The answer at the root."""

    name = fields.String(required=True)


class StatusSchema(OutputSchema):
    """One word."""

    status = fields.String(required=True)
