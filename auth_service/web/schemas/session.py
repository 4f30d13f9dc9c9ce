"""The fields of a session in JSON."""

from typing import Any

from marshmallow import fields, post_dump

from auth_service.services.factors.proofs import METHODS, MULTIPLE
from auth_service.services.origin.unusual_sessions import Unusual
from auth_service.services.tokens.claims import PASSWORD
from auth_service.web.schemas.base import OutputSchema
from auth_service.web.schemas.times import EffectiveExpiry, Timestamp


class SessionSchema(OutputSchema):
    """A session as its user sees it; it contains no credential."""

    sessionId = fields.String()
    userId = fields.String()
    ip = fields.String()
    userAgent = fields.String()
    device = fields.String(metadata={"enum": ["Desktop", "Mobile", "Tablet", "Bot"]})
    browser = fields.String()
    os = fields.String()
    location = fields.String()
    unusual = fields.List(fields.String(metadata={"enum": list(Unusual)}))
    amr = fields.List(fields.String(metadata={"enum": [PASSWORD, *METHODS.values(), MULTIPLE]}))
    createdAt = Timestamp()
    lastSeenAt = Timestamp()
    expiresAt = EffectiveExpiry()

    @post_dump
    def _omit_the_usual(self, dumped: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Leave `unusual` out when it is empty, and `amr` (RFC 8176) when it was no login by two factors."""
        if not dumped.get("unusual"):
            dumped.pop("unusual", None)
        if MULTIPLE not in dumped.get("amr", ()):
            dumped.pop("amr", None)
        return dumped
