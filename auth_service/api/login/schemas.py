"""What the second step of a login and a login by passkey take, and what they answer."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.factor import MEMBERS, PASSKEY, PUBLIC_KEY, FactorProofSchema, require_one
from auth_service.web.schemas.message import MessageSchema


class TicketSchema(InputSchema):
    """The ticket of the first step."""

    ticket = fields.String(required=True)


class SecondStepSchema(FactorProofSchema):
    """The ticket of the first step, and one second factor."""

    ticket = fields.String(required=True)

    @validates_schema
    def _is_complete(self, data: dict[str, Any], **options: Any) -> None:
        """Whether exactly one factor was sent."""
        require_one(data)
        if not data.keys() & MEMBERS.keys():
            raise ValidationError({"code": [fields.Field.default_error_messages["required"]]})


class PasskeyLoginSchema(InputSchema):
    """A passkey's answer."""

    passkey = fields.Dict(keys=fields.String(), required=True, metadata=PASSKEY)


class PasskeyOptionsSchema(MessageSchema):
    """What a browser needs to sign in by a passkey."""

    publicKey = fields.Dict(required=True, metadata=PUBLIC_KEY)
