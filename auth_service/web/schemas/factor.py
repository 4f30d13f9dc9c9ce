"""Second factors in JSON: how they are presented and shown."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord
from auth_service.services.factors.proofs import Proof
from auth_service.web.schemas.base import InputSchema, OutputSchema
from auth_service.web.schemas.times import Timestamp

LONGEST_NAME = 100
PASSKEY = {
    "description": "What the browser's `PublicKeyCredential.toJSON()` returns (WebAuthn Level 3).",
    "additionalProperties": {},
}
PUBLIC_KEY = {
    "description": "For the browser's `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.",
    "additionalProperties": {},
}


MEMBERS = {"code": "code", "recovery_code": "recoveryCode", "passkey": "passkey"}  # what they are called in JSON


class FactorProofSchema(InputSchema):
    """A second factor: a code of an app, a recovery code, or a passkey's answer."""

    code = fields.String(metadata={"example": "123456"})
    recovery_code = fields.String(data_key="recoveryCode")
    passkey = fields.Dict(keys=fields.String(), metadata=PASSKEY)


class FactorSchema(OutputSchema):
    """A factor; `synced` is there for passkeys, and says whether copies of it are kept elsewhere."""

    factorId = fields.Function(lambda factor: str(factor["_id"]), metadata={"type": "string"})
    kind = fields.String(metadata={"enum": list(FactorKind)})
    name = fields.String()
    createdAt = Timestamp()
    lastUsedAt = Timestamp(dump_default=None)
    synced = fields.Boolean(attribute="backedUp")


def factor_name() -> fields.String:
    """What a user calls a factor."""
    return fields.String(required=True, validate=validate.Length(1, LONGEST_NAME), metadata={"example": "Phone"})


def require_one(data: Mapping[str, Any]) -> None:
    """Return when at most one factor was sent.

    Raises:
        marshmallow.ValidationError: several were.
    """
    given = [member for name, member in MEMBERS.items() if name in data]
    if len(given) > 1:
        raise ValidationError({member: ["Cannot be combined with another factor."] for member in given})


def proof_of(data: Mapping[str, Any]) -> Proof | None:
    """The second factor that was sent; `None` where there is none."""
    named = {name: data[name] for name in MEMBERS if name in data}
    return Proof(**named) if named else None


def shown(factor: FactorRecord) -> dict[str, Any]:
    """A factor in JSON."""
    dumped: dict[str, Any] = FactorSchema().dump(factor)
    return dumped
