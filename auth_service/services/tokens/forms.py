"""What the forms of this service's JWTs have in common (RFC 7519): `hmac_form` and `public_form` are the two there are.

They decode strictly (RFC 8725): exactly the claims that the service issues, each well-formed, in one spelling.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from auth_service.errors import InvalidToken
from auth_service.services.tokens.claims import Claims

GENERATION = "gen"  # of refresh tokens: the place in the chain of their session
LATEST = 2**33  # seconds since 1970
MOST_GENERATIONS = 2**31
LONGEST_TOKEN = 2048  # characters
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, RecursionError)  # what PyJWT raises for hostile text

# Header and claims in base64url without padding (RFC 7515). A signature follows; its last character holds unused bits,
# which must be zero, so that no text can be spelt otherwise.
START = r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\."
USER_ID = re.compile(r"[0-9a-f]{24}")
NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")

Key = str | EllipticCurvePublicKey


class Form(Protocol):
    """A form that tokens are verified in."""

    @property
    def lifetime(self) -> timedelta:
        """How long a token is valid."""

    def decode(self, token: str) -> Claims:
        """The claims of a genuine token, whatever its times.

        Raises:
            InvalidToken: it is not genuine.
        """

    def key_of(self, token: str) -> Key:
        """The key that verifies a genuine token."""


def header_of(token: str) -> dict[str, Any]:
    """The header of a token, which proves nothing.

    Raises:
        InvalidToken: it cannot be read.
    """
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken
    try:
        return jwt.get_unverified_header(token)
    except UNREADABLE:
        raise InvalidToken from None


def longest(lifetime: timedelta) -> timedelta:
    """The longest lifetime a token may claim, rounded up because its times are whole seconds."""
    return timedelta(seconds=math.ceil(lifetime.total_seconds()))


def require_text(form: re.Pattern[str], token: str) -> None:
    """Return when a token is written in this form, and not too long.

    Raises:
        InvalidToken: it is not.
    """
    if len(token) > LONGEST_TOKEN or not form.fullmatch(token):
        raise InvalidToken


def signed_payload(
    token: str, key: Key, algorithm: str, issuer: str, required: set[str], audience: str | None
) -> dict[str, Any]:
    """The claims under a genuine signature by `key`, of this issuer and audience, whatever their times.

    Raises:
        jwt.InvalidSignatureError: the signature is not by this key.
        jwt.PyJWTError, ValueError, TypeError, RecursionError: anything else is wrong with the token.
    """
    options: Any = {"require": sorted(required), "verify_exp": False, "verify_iat": False}
    payload: dict[str, Any] = jwt.decode(
        token, key, algorithms=[algorithm], issuer=issuer, audience=audience, options=options
    )
    return payload


def claims_in(payload: Mapping[str, Any], names: set[str]) -> Claims:
    """The claims, which must be exactly those of these names, and well-formed.

    Raises:
        InvalidToken: they are not.
    """
    if payload.keys() != names or not _well_formed(payload):
        raise InvalidToken
    return Claims(
        sub=payload["sub"],
        sid=payload["sid"],
        jti=payload["jti"],
        issued_at=datetime.fromtimestamp(payload["iat"], timezone.utc),
        expires_at=datetime.fromtimestamp(payload["exp"], timezone.utc),
        generation=payload.get(GENERATION, 0),
    )


def is_number(value: Any, *, below: int) -> bool:
    """Whether this is a whole number from 0 on: true is none, though Python counts with it."""
    return type(value) is int and 0 <= value < below


def is_text(value: Any, form: re.Pattern[str]) -> bool:
    """Whether this is a text of the form."""
    return isinstance(value, str) and form.fullmatch(value) is not None


def _well_formed(claims: Mapping[str, Any]) -> bool:
    """Whether `sub` is a user's id, `sid` and `jti` are names, the times are whole seconds, and `gen` is in range."""
    forms = {"sub": USER_ID, "sid": NAME, "jti": NAME}
    limits = {"iat": LATEST, "exp": LATEST, GENERATION: MOST_GENERATIONS}
    texts = all(is_text(claims[name], form) for name, form in forms.items())
    return texts and all(is_number(claims.get(name, 0), below=limit) for name, limit in limits.items())
