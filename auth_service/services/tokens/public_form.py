"""The form of access tokens that others can verify, with the keys that the service publishes (RFC 9068)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from auth_service.errors import InvalidToken
from auth_service.services.tokens.claims import Authentication, Claims
from auth_service.services.tokens.forms import (
    LATEST,
    NAME,
    START,
    UNREADABLE,
    claims_in,
    header_of,
    is_number,
    is_text,
    require_text,
    signed_payload,
)
from auth_service.services.tokens.signing_keys import ALGORITHM, SigningKeys

TYPE = "at+jwt"  # RFC 9068 section 2.1
CLAIMS = ("iss", "sub", "sid", "aud", "client_id", "iat", "exp", "jti", "auth_time", "amr")
TEXT = re.compile(START + r"[A-Za-z0-9_-]{85}[AQgw]")  # 64 bytes


@dataclass(frozen=True, slots=True)
class PublicForm:
    """Access tokens that others can verify: signed with ALGORITHM, typed and claiming as RFC 9068 says.

    ECDSA is randomised: equal claims have many texts, and of one text anybody can make a second one that verifies.
    """

    keys: SigningKeys
    issuer: str
    audience: str
    client_id: str
    lifetime: timedelta

    def encode(self, claims: Claims, authentication: Authentication) -> str:
        """A token with these claims, and with what is known about the user's authentication."""
        payload = {
            "iss": self.issuer,
            "sub": claims.sub,
            "sid": claims.sid,
            "aud": self.audience,
            "client_id": self.client_id,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "jti": claims.jti,
            "auth_time": int(authentication.at.timestamp()),
            "amr": list(authentication.methods),
        }
        key = self.keys.signing
        headers = {"typ": TYPE, "kid": key.kid}
        return jwt.encode(payload, key.private, algorithm=ALGORITHM, headers=headers)

    def decode(self, token: str) -> Claims:
        """As `Form.decode`. The key and the algorithm are settled before a signature is looked at (RFC 8725, 3.1)."""
        require_text(TEXT, token)
        key, names = self.key_of(token), {*CLAIMS}
        try:
            payload = signed_payload(token, key, ALGORITHM, self.issuer, names, self.audience)
        except UNREADABLE:
            raise InvalidToken from None
        if payload["aud"] != self.audience or payload["client_id"] != self.client_id:
            raise InvalidToken
        if not is_number(payload["auth_time"], below=LATEST) or not _are_methods(payload["amr"]):
            raise InvalidToken
        return claims_in(payload, names)

    def key_of(self, token: str) -> EllipticCurvePublicKey:
        """The key that the token names.

        Raises:
            InvalidToken: there is none of this name, or the token is not of this form.
        """
        header = header_of(token)
        key = self.keys.public_key(header.get("kid"))
        if key is None or (header.get("alg"), header.get("typ")) != (ALGORITHM, TYPE):
            raise InvalidToken
        return key


def _are_methods(value: Any) -> bool:
    """Whether this is a list of names of methods."""
    return isinstance(value, list) and all(is_text(each, NAME) for each in value)
