"""An answer that is a message, and the one shape of errors."""

from marshmallow import fields

from auth_service.web.schemas.base import OutputSchema


class MessageSchema(OutputSchema):
    """An answer that says what happened."""

    message = fields.String(required=True)


class ErrorSchema(MessageSchema):
    """Every error."""

    status = fields.Integer(required=True)
    code = fields.String(required=True)
    requestId = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())
