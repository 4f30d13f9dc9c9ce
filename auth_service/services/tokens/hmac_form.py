"""The form of the tokens that only this service reads: refresh tokens, and access tokens without `JWT_KEYS_FILE`."""

import re
from dataclasses import dataclass
from datetime import timedelta

import jwt

from auth_service.errors import InvalidToken
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.forms import GENERATION, START, UNREADABLE, claims_in, require_text, signed_payload

ALGORITHM = "HS256"
CLAIMS = ("iss", "sub", "sid", "type", "iat", "exp", "jti")
TEXT = re.compile(START + r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes


@dataclass(frozen=True, slots=True)
class HmacForm:
    """Tokens for this service alone, signed with HS256 and told apart by their claim `type`; equal claims, equal text.

    `previous` is the secret before the present one: it verifies and does not sign.
    """

    type: str
    issuer: str
    secret: str
    previous: str | None
    lifetime: timedelta
    has_generation: bool = False

    def encode(self, claims: Claims) -> str:
        """The token with these claims."""
        payload = {
            "iss": self.issuer,
            "sub": claims.sub,
            "sid": claims.sid,
            "type": self.type,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "jti": claims.jti,
        }
        if self.has_generation:
            payload[GENERATION] = claims.generation
        return jwt.encode(payload, self.secret, algorithm=ALGORITHM)

    def decode(self, token: str) -> Claims:
        """As `Form.decode`."""
        require_text(TEXT, token)
        names = {*CLAIMS, GENERATION} if self.has_generation else {*CLAIMS}
        for secret in self._secrets:
            try:
                payload = signed_payload(token, secret, ALGORITHM, self.issuer, names, None)
            except jwt.InvalidSignatureError:
                continue
            except UNREADABLE:
                break
            if payload["type"] != self.type:
                break
            return claims_in(payload, names)
        raise InvalidToken

    def key_of(self, token: str) -> str:
        """As `Form.key_of`."""
        for secret in self._secrets:
            try:
                jwt.api_jws.decode(token, secret, algorithms=[ALGORITHM])
            except UNREADABLE:
                continue
            return secret
        return self.secret

    @property
    def _secrets(self) -> list[str]:
        """The keys a token may have been signed with, the likelier first."""
        return [self.secret, self.previous] if self.previous else [self.secret]
