"""What the list of users takes and answers."""

from marshmallow import fields, validate

from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.paging import Cursor, PageLimit
from auth_service.web.schemas.user import UserSchema


class UsersQuerySchema(InputSchema):
    """Which page, or whom."""

    limit = PageLimit()
    cursor = Cursor()
    email = fields.String(load_default=None, metadata={"format": "email"})


class SuspensionSchema(InputSchema):
    """Why an account is suspended; only admins see it."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))


class UsersAnswerSchema(MessageSchema):
    """A page of users, and the cursor of the next; null on the last."""

    users = fields.List(fields.Nested(UserSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)
