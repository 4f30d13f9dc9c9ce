"""The answer with the published keys."""

from marshmallow import fields

from auth_service.web.schemas.base import OutputSchema


class JWKSchema(OutputSchema):
    """A public key on the curve P-256 (RFC 7517, RFC 7518 section 6.2.1)."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String(required=True)
    kid = fields.String(required=True)
    alg = fields.String(required=True)
    use = fields.String(required=True)


class JWKSetSchema(OutputSchema):
    """A JWK Set (RFC 7517 section 5)."""

    keys = fields.List(fields.Nested(JWKSchema), required=True)
