"""What the list of users takes and answers."""

from marshmallow import fields

from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.paging import Cursor, PageLimit
from auth_service.web.schemas.user import EMAIL, UserSchema


class UsersQuerySchema(InputSchema):
    """Which page, or whom."""

    limit = PageLimit()
    cursor = Cursor()
    email = fields.String(load_default=None, metadata=EMAIL)


class UsersAnswerSchema(MessageSchema):
    """A page of users, and the cursor of the next; null on the last."""

    users = fields.List(fields.Nested(UserSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)
