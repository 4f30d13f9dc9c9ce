"""Encodes and verifies the JWTs of this service (RFC 7519, RFC 8725); no other module knows their forms.

A genuine token proves which user and session it was issued for. Whether that session is active is decided elsewhere.

Access tokens have one of two forms. With keys they are signed by the first of these, so that others can verify them;
tokens of the time before stay valid for one lifetime after the start. Refresh tokens have one form only: nobody else
reads them, and equal claims must make an equal text.
"""

from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from uuid import uuid4

import jwt

from auth_service.clock import Clock
from auth_service.errors import InvalidToken, TokenExpired
from auth_service.services.tokens.claims import Authentication, Claims, PresentedToken, digest
from auth_service.services.tokens.forms import LONGEST_TOKEN, NAME, UNREADABLE, Form, Key, header_of, longest
from auth_service.services.tokens.hmac_form import HmacForm
from auth_service.services.tokens.public_form import PublicForm
from auth_service.settings.sessions import TokenSettings

ACCESS, REFRESH = "access", "refresh"
CLOCK_TOLERANCE = timedelta(seconds=5)  # how far `iat` may lie in the future: the clocks of two servers differ
REMEMBERED = 4096  # genuine access tokens whose claims a process caches, about 1 KiB each


class TokenCodec:
    """Encodes and verifies the tokens of one issuer; `public` is the form of access tokens that others can verify."""

    def __init__(self, *, settings: TokenSettings, issuer: str, clock: Clock, public: PublicForm | None = None) -> None:
        self._clock = clock
        previous = settings.previous_secret
        self._hmac_access = HmacForm(ACCESS, issuer, settings.access_secret, previous, settings.access_lifetime)
        self._refresh = HmacForm(
            REFRESH, issuer, settings.refresh_secret, previous, settings.refresh_lifetime, has_generation=True
        )
        self._public = public
        self._changed_over = clock.now() + settings.access_lifetime  # when the last token without a key has expired
        # Keyed by the whole text of the token. A rejected token raises and is not cached; times are checked every time.
        self._genuine_access = lru_cache(REMEMBERED)(self._decode_access)

    def encode_access(self, *, sub: str, sid: str, authentication: Authentication) -> str:
        """A new access token of the user `sub` for the session `sid`; the public form says how they proved it."""
        form, now = self._public or self._hmac_access, self._clock.now()
        claims = Claims(sub, sid, uuid4().hex, now, now + form.lifetime)
        return self._public.encode(claims, authentication) if self._public else self._hmac_access.encode(claims)

    def encode_refresh(self, claims: Claims) -> str:
        """The refresh token with these claims; equal claims give equal tokens."""
        return self._refresh.encode(claims)

    def verify_access(self, token: str, *, even_expired: bool = False) -> Claims:
        """The claims of a genuine access token.

        Raises:
            TokenExpired: its `exp` has passed, unless `even_expired`.
            InvalidToken: it is not genuine; the error does not say why.
        """
        form, claims = self._genuine_access(token)
        if self._public and form is self._hmac_access and self._clock.now() >= self._changed_over:
            raise InvalidToken
        return self._in_time(form, claims, even_expired)

    def verify_refresh(self, token: str, *, even_expired: bool = False) -> Claims:
        """The claims of a genuine refresh token; raises as `verify_access`."""
        return self._in_time(self._refresh, self._refresh.decode(token), even_expired)

    def presented(self, token: str) -> PresentedToken:
        """What identifies a refresh token in the database; the token is not verified, and may be any text."""
        return PresentedToken(digest(token), _unverified_sid(token))

    def access_key_of(self, token: str) -> Key:
        """The key that verifies a genuine access token.

        Raises:
            InvalidToken: it is not genuine.
        """
        form, _ = self._genuine_access(token)
        return form.key_of(token)

    def _decode_access(self, token: str) -> tuple[Form, Claims]:
        form = self._form_of(token)
        return form, form.decode(token)

    def _form_of(self, token: str) -> Form:
        """With keys, a token that names one has the public form, and every other one that of the time before."""
        if self._public and "kid" in header_of(token):
            return self._public
        return self._hmac_access

    def _in_time(self, form: Form, claims: Claims, even_expired: bool) -> Claims:
        now = self._clock.now()
        if claims.issued_at > now + CLOCK_TOLERANCE or claims.expires_at - claims.issued_at > longest(form.lifetime):
            raise InvalidToken
        if claims.expires_at <= now and not even_expired:
            raise TokenExpired
        return claims


def _unverified_sid(token: str) -> str | None:
    """The `sid` that a token claims: it speeds a lookup up and proves nothing."""
    with suppress(*UNREADABLE, AttributeError):
        claims = jwt.decode(token[:LONGEST_TOKEN], options={"verify_signature": False})
        sid = claims.get("sid") or claims.get("sessionId")  # the latter in tokens of an imported service
        return sid if isinstance(sid, str) and NAME.fullmatch(sid) else None
    return None
