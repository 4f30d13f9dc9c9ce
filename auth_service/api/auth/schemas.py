"""What registering and logging in take, and what they answer."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.factor import FactorProofSchema, require_one
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.times import Timestamp
from auth_service.web.schemas.user import EMAIL


class CredentialsSchema(InputSchema):
    """An e-mail address and a password; whether the two can be right is the service's to say."""

    email = fields.String(required=True, metadata={**EMAIL, "example": "ada@example.com"})
    password = fields.String(required=True, metadata={"format": "password", "example": "correct horse battery"})


class RegistrationSchema(CredentialsSchema):
    """A registration. `role` is accepted for older clients and makes nobody anything."""

    role = fields.String(metadata={"deprecated": True})


class InvitationAcceptanceSchema(CredentialsSchema):
    """The code of an invitation, the address it is for, and the first password."""

    code = fields.String(required=True, metadata={"example": "K7QF9-M2X4T-8ZB3C-YN6WD"})


class ForgottenPasswordSchema(InputSchema):
    """Whose password is forgotten."""

    email = fields.String(required=True, metadata={**EMAIL, "example": "ada@example.com"})


class PasswordResetSchema(ForgottenPasswordSchema):
    """The code that was mailed to the address, and the new password."""

    code = fields.String(required=True, metadata={"example": "K7QF9-M2X4T"})
    new_password = fields.String(required=True, data_key="newPassword", metadata={"format": "password"})


class PendingRegistrationAnswerSchema(MessageSchema):
    """A registration whose code is on its way, and the id that the code is presented with."""

    registration = fields.String(required=True, metadata={"example": "2f6c1a0b9d8e4f7aa1b2c3d4e5f60718"})


class RegistrationConfirmationSchema(InputSchema):
    """The id of a registration, and the code in the mail."""

    registration = fields.String(required=True, metadata={"example": "2f6c1a0b9d8e4f7aa1b2c3d4e5f60718"})
    code = fields.String(required=True, metadata={"example": "271828"})


class RefreshAnswerSchema(MessageSchema):
    """A refresh's answer; the next refresh token is in the cookie."""

    accessToken = fields.String(required=True)


class ConfirmationSchema(FactorProofSchema):
    """What proves who uses the session: a passkey, or the password, with a second factor where there is one."""

    password = fields.String(metadata={"format": "password", "example": "correct horse battery"})

    @validates_schema
    def _is_complete(self, data: dict[str, Any], **options: Any) -> None:
        """Whether something that can prove it was sent."""
        require_one(data)
        if "password" not in data and "passkey" not in data:
            raise ValidationError({"password": [fields.Field.default_error_messages["required"]]})


class ConfirmationAnswerSchema(MessageSchema):
    """Until when the session is fresh."""

    freshUntil = Timestamp(required=True)
