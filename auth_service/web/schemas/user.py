"""The fields of a user in JSON."""

from marshmallow import fields

from auth_service.documents.user import ROLES
from auth_service.web.schemas.base import OutputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.times import SuspendedAt, Timestamp

USER_ID = "^[0-9A-Fa-f]{24}$"
EMAIL = {
    "format": "email",
    "description": "White space around it is ignored, and so is case. Domains that cannot be on the Internet, such as"
    " company.test or localhost, are refused.",
}


class UserSchema(OutputSchema):
    """A user, without the password; with `suspendedAt` while the account is suspended."""

    _id = fields.String()
    email = fields.String()
    role = fields.String(metadata={"enum": list(ROLES)})
    createdAt = Timestamp()
    updatedAt = Timestamp()
    suspendedAt = SuspendedAt()


class UserAnswerSchema(MessageSchema):
    """An answer about one user."""

    user = fields.Nested(UserSchema, required=True)


class LoginAnswerSchema(UserAnswerSchema):
    """A login's answer; the refresh token is in the cookie."""

    accessToken = fields.String(required=True)
