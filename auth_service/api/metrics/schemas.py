"""The answer about what is going on."""

from marshmallow import fields

from auth_service.web.schemas.base import OutputSchema
from auth_service.web.schemas.message import MessageSchema


class FiguresSchema(OutputSchema):
    """Active sessions and mails that wait; null where that is not known, or no mail is sent."""

    sessions = fields.Integer(required=True, allow_none=True)
    mails = fields.Integer(required=True, allow_none=True)


class FiguresAnswerSchema(MessageSchema):
    """The figures of now."""

    figures = fields.Nested(FiguresSchema, required=True)
