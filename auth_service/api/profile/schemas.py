"""The answer about oneself."""

from marshmallow import fields

from auth_service.documents.factor import FactorKind
from auth_service.web.schemas.base import InputSchema, OutputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.session import SessionSchema
from auth_service.web.schemas.times import Timestamp
from auth_service.web.schemas.user import EMAIL, UserAnswerSchema


class ProfileAnswerSchema(UserAnswerSchema):
    """The user and the session of the request."""

    session = fields.Nested(SessionSchema, required=True)


class PasswordChangeSchema(InputSchema):
    """The password as it is and as it shall be."""

    current_password = fields.String(required=True, data_key="currentPassword", metadata={"format": "password"})
    new_password = fields.String(required=True, data_key="newPassword", metadata={"format": "password"})
    keep_keys = fields.Boolean(load_default=False, data_key="keepKeys", truthy={True}, falsy={False})


class NewTokensAnswerSchema(MessageSchema):
    """The answer of a change that ends all other sessions; the next refresh token is in the cookie."""

    accessToken = fields.String(required=True)


class EmailChangeSchema(InputSchema):
    """The address that the account shall have."""

    new_email = fields.String(
        required=True, data_key="newEmail", metadata={**EMAIL, "example": "ada.lovelace@example.com"}
    )


class CodeSchema(InputSchema):
    """The code in the mail."""

    code = fields.String(required=True, metadata={"example": "271828"})


class SecuritySchema(OutputSchema):
    """How an account is protected; `pendingEmail` is left out while no change of the address is under way."""

    emailVerified = fields.Boolean(required=True)
    pendingEmail = fields.String()
    passwordChangedAt = Timestamp(required=True)
    freshUntil = Timestamp(required=True)
    sessions = fields.Integer(required=True)
    unusual = fields.Integer(required=True)
    keys = fields.Integer(required=True)
    factors = fields.List(fields.String(metadata={"enum": list(FactorKind)}), required=True)


class SecurityAnswerSchema(ProfileAnswerSchema):
    """The answer about how one's account is protected."""

    security = fields.Nested(SecuritySchema, required=True)
