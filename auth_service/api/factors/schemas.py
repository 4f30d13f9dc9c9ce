"""What setting up and keeping second factors takes, and what it answers."""

from marshmallow import fields

from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.factor import PASSKEY, PUBLIC_KEY, FactorSchema, factor_name
from auth_service.web.schemas.message import MessageSchema


class FactorNameSchema(InputSchema):
    """What the user calls a factor."""

    name = factor_name()


class FirstCodeSchema(InputSchema):
    """The first code of an app."""

    code = fields.String(required=True, metadata={"example": "123456"})


class NewPasskeySchema(FactorNameSchema):
    """A passkey that the browser made."""

    passkey = fields.Dict(keys=fields.String(), required=True, metadata=PASSKEY)


class FactorsAnswerSchema(MessageSchema):
    """The factors of an account, and how many recovery codes are left."""

    factors = fields.List(fields.Nested(FactorSchema), required=True)
    recoveryCodesLeft = fields.Integer(required=True)


class FactorAnswerSchema(MessageSchema):
    """One factor."""

    factor = fields.Nested(FactorSchema, required=True)


class NewAppAnswerSchema(MessageSchema):
    """What an app takes over: the secret in base 32, its URI, and a QR code of that as an SVG image."""

    factorId = fields.String(required=True)
    secret = fields.String(required=True)
    uri = fields.String(required=True)
    qr = fields.String(required=True, metadata={"description": "A data URI."})


class CreationOptionsSchema(MessageSchema):
    """What a browser needs to make a passkey."""

    publicKey = fields.Dict(required=True, metadata=PUBLIC_KEY)


class EnrolledAnswerSchema(FactorAnswerSchema):
    """A factor that was set up; the next refresh token is in the cookie."""

    accessToken = fields.String(required=True)
    recoveryCodes = fields.List(
        fields.String(), metadata={"description": "With the first factor of the account; shown once."}
    )


class RecoveryCodesAnswerSchema(MessageSchema):
    """New recovery codes, shown once."""

    recoveryCodes = fields.List(fields.String(), required=True)


class RemovedAnswerSchema(MessageSchema):
    """How many factors were removed."""

    removed = fields.Integer(required=True)
