"""What the list of users takes and answers."""

from marshmallow import fields, validate

from auth_service.documents.user import ROLES, USER
from auth_service.services.accounts.suspension import LONGEST_REASON
from auth_service.web.schemas.base import InputSchema, OutputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.paging import Cursor, PageLimit
from auth_service.web.schemas.times import Timestamp
from auth_service.web.schemas.user import EMAIL, UserAnswerSchema, UserSchema


class UsersQuerySchema(InputSchema):
    """Which page, or whom."""

    limit = PageLimit()
    cursor = Cursor()
    email = fields.String(load_default=None, metadata=EMAIL)
    prefix = fields.String(
        load_default=None,
        validate=validate.Length(1, 254),
        metadata={"description": "Only users whose e-mail address begins so, in the order of their addresses."},
    )
    role = fields.String(
        load_default=None, validate=validate.OneOf(ROLES), metadata={"description": "Only users with this role."}
    )
    suspended = fields.Boolean(
        load_default=None,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Only users whose account is suspended, or is not."},
    )


class NewUserSchema(InputSchema):
    """A new account; without a password, its user is invited to set one."""

    email = fields.String(required=True, metadata=EMAIL)
    role = fields.String(load_default=USER, validate=validate.OneOf(ROLES))
    password = fields.String(load_default=None, metadata={"format": "password"})


class InvitationSchema(OutputSchema):
    """A code that is shown once, and when it expires."""

    code = fields.String()
    expiresAt = Timestamp()


class InvitationAnswerSchema(MessageSchema):
    """A new invitation."""

    invitation = fields.Nested(InvitationSchema, required=True)


class NewUserAnswerSchema(UserAnswerSchema):
    """A new account; `invitation` is there when it has no password."""

    invitation = fields.Nested(InvitationSchema)


class SuspensionSchema(InputSchema):
    """Why an account is suspended; only admins see it."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, LONGEST_REASON))


class UsersAnswerSchema(MessageSchema):
    """A page of users, and the cursor of the next; null on the last."""

    users = fields.List(fields.Nested(UserSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)
