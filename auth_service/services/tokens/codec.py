"""Encodes and verifies the JWTs of this service (RFC 7519, RFC 8725); no other module knows their form.

A genuine token proves which user and session it was issued for. Whether that session is active is decided elsewhere.
"""

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from uuid import uuid4

import jwt

from auth_service.clock import Clock
from auth_service.errors import InvalidToken, TokenExpired
from auth_service.services.tokens.claims import Claims, PresentedToken, digest
from auth_service.settings.sessions import TokenSettings

ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"
CLAIMS = ("iss", "sub", "sid", "type", "iat", "exp", "jti")
GENERATION = "gen"  # of refresh tokens: the place in the chain of their session
LATEST = 2**33  # seconds since 1970
MOST_GENERATIONS = 2**31
LONGEST_TOKEN = 2048  # characters
CLOCK_TOLERANCE = timedelta(seconds=5)  # how far `iat` may lie in the future: the clocks of two servers differ
REMEMBERED = 4096  # genuine access tokens whose claims a process caches, about 1 KiB each

# Three parts in base64url without padding (RFC 7515), the last one 32 bytes. The last character holds two unused bits,
# which must be zero, so that a token has one text only.
COMPACT_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
USER_ID = re.compile(r"[0-9a-f]{24}")
NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the two types of token: its `type` claim, its key and its longest lifetime.

    `previous` is the key before the current one: it verifies and does not sign.
    """

    name: str
    secret: str
    previous: str | None
    lifetime: timedelta
    claims: tuple[str, ...] = CLAIMS

    @property
    def longest(self) -> timedelta:
        """The longest lifetime a token may claim, rounded up because its times are whole seconds."""
        return timedelta(seconds=math.ceil(self.lifetime.total_seconds()))

    @property
    def verifying(self) -> list[str]:
        """The keys a token may have been signed with, the likelier first."""
        return [self.secret, self.previous] if self.previous else [self.secret]


class TokenCodec:
    """Encodes and verifies the access and refresh tokens of one issuer."""

    def __init__(self, *, settings: TokenSettings, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        previous = settings.previous_secret
        self._access = _Kind(ACCESS, settings.access_secret, previous, settings.access_lifetime)
        claims = (*CLAIMS, GENERATION)
        self._refresh = _Kind(REFRESH, settings.refresh_secret, previous, settings.refresh_lifetime, claims)
        # Keyed by the whole text of the token. A rejected token raises and is not cached; times are checked every time.
        self._genuine_access = lru_cache(REMEMBERED)(lambda token: self._genuine(self._access, token))

    def encode_access(self, *, sub: str, sid: str) -> str:
        """A new access token of the user `sub` for the session `sid`."""
        now = self._clock.now()
        payload = self._payload(self._access, sub, sid, uuid4().hex, now, now + self._access.lifetime)
        return self._encode(self._access, payload)

    def encode_refresh(self, claims: Claims) -> str:
        """The refresh token with these claims; equal claims give equal tokens."""
        payload = self._payload(self._refresh, claims.sub, claims.sid, claims.jti, claims.issued_at, claims.expires_at)
        return self._encode(self._refresh, {**payload, GENERATION: claims.generation})

    def verify_access(self, token: str, *, even_expired: bool = False) -> Claims:
        """The claims of a genuine access token.

        Raises:
            TokenExpired: its `exp` has passed, unless `even_expired`.
            InvalidToken: it is not genuine; the error does not say why.
        """
        return self._in_time(self._access, self._genuine_access(token), even_expired)

    def verify_refresh(self, token: str, *, even_expired: bool = False) -> Claims:
        """The claims of a genuine refresh token; raises as `verify_access`."""
        return self._in_time(self._refresh, self._genuine(self._refresh, token), even_expired)

    def presented(self, token: str) -> PresentedToken:
        """What identifies a refresh token in the database; the token is not verified, and may be any text."""
        return PresentedToken(digest(token), _unverified_sid(token))

    def access_secret_of(self, token: str) -> str:
        """The key that verifies an access token; the current one when none does."""
        for secret in self._access.verifying:
            with suppress(jwt.PyJWTError, ValueError):
                jwt.api_jws.decode(token, secret, algorithms=[ALGORITHM])
                return secret
        return self._access.secret

    def _payload(self, kind: _Kind, sub: str, sid: str, jti: str, iat: datetime, exp: datetime) -> dict[str, str | int]:
        return {
            "iss": self._issuer,
            "sub": sub,
            "sid": sid,
            "type": kind.name,
            "iat": int(iat.timestamp()),
            "exp": int(exp.timestamp()),
            "jti": jti,
        }

    def _encode(self, kind: _Kind, payload: dict[str, str | int]) -> str:
        return jwt.encode(payload, kind.secret, algorithm=ALGORITHM)

    def _in_time(self, kind: _Kind, claims: Claims, even_expired: bool) -> Claims:
        now = self._clock.now()
        if claims.issued_at > now + CLOCK_TOLERANCE or claims.expires_at - claims.issued_at > kind.longest:
            raise InvalidToken
        if claims.expires_at <= now and not even_expired:
            raise TokenExpired
        return claims

    def _genuine(self, kind: _Kind, token: str) -> Claims:
        claims = self._decode(kind, token)
        return Claims(
            sub=claims["sub"],
            sid=claims["sid"],
            jti=claims["jti"],
            issued_at=datetime.fromtimestamp(claims["iat"], timezone.utc),
            expires_at=datetime.fromtimestamp(claims["exp"], timezone.utc),
            generation=claims.get(GENERATION, 0),
        )

    def _decode(self, kind: _Kind, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN or not COMPACT_FORM.fullmatch(token):
            raise InvalidToken
        claims = self._signed_claims(kind, token)
        if claims["type"] != kind.name or claims.keys() != set(kind.claims) or not _well_formed(claims):
            raise InvalidToken
        return claims

    def _signed_claims(self, kind: _Kind, token: str) -> dict[str, Any]:
        for secret in kind.verifying:
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    secret,
                    algorithms=[ALGORITHM],
                    issuer=self._issuer,
                    options={"require": list(kind.claims), "verify_exp": False, "verify_iat": False},
                )
                return claims
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                break
        raise InvalidToken


def _unverified_sid(token: str) -> str | None:
    """The `sid` that a token claims: it speeds a lookup up and proves nothing."""
    with suppress(jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
        claims = jwt.decode(token[:LONGEST_TOKEN], options={"verify_signature": False})
        sid = claims.get("sid") or claims.get("sessionId")  # the latter in tokens of an imported service
        return sid if isinstance(sid, str) and NAME.fullmatch(sid) else None
    return None


def _well_formed(claims: Mapping[str, Any]) -> bool:
    """Whether `sub` is a user's id, `sid` and `jti` are names, the times are whole seconds, and `gen` is in range."""
    forms = {"sub": USER_ID, "sid": NAME, "jti": NAME}
    limits = {"iat": LATEST, "exp": LATEST, GENERATION: MOST_GENERATIONS}
    numbers = [(claims.get(name, 0), limit) for name, limit in limits.items()]
    texts = all(isinstance(claims[name], str) and form.fullmatch(claims[name]) for name, form in forms.items())
    return texts and all(type(number) is int and 0 <= number < limit for number, limit in numbers)
