"""Verifies refresh tokens of the replaced Express service: each works once, and only if it was imported.

Only this module knows their form: HS256, with the claims `userId`, `sessionId` and `type`. They have neither `iss` nor
`jti`, so a token of one service is never valid in the other, whatever the secrets.
"""

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
from jwt.types import Options

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import Session
from auth_service.errors import InvalidToken
from auth_service.services.tokens.claims import Claims, digest
from auth_service.services.tokens.codec import REFRESH
from auth_service.services.tokens.forms import require_text
from auth_service.services.tokens.hmac_form import ALGORITHM, TEXT

LATEST = 2**33  # seconds since 1970
OPTIONS: Options = {
    "require": ["userId", "sessionId", "type", "exp"],
    "verify_exp": False,  # the rotation checks it, as for every refresh token
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class ImportedTokens:
    """Accepts tokens signed with `secret`, for `period` after their import; without a secret, none."""

    def __init__(self, *, period: timedelta, secret: str | None) -> None:
        self._period = period
        self._secret = secret

    def verify(self, token: str) -> Claims:
        """The claims of an imported refresh token, in the form of this service; it may be expired or used.

        It begins the chain of its session, so its generation is 0. The token expires at its own `exp`, or
        `IMPORT_ACCEPT_DAYS` after the import if that is earlier.

        Raises:
            InvalidToken: it is not genuine, or was not imported, or `IMPORT_JWT_SECRET` is not set.
        """
        claims, token_hash = self._genuine(token), digest(token)
        if not (isinstance(claims["userId"], str) and isinstance(claims["sessionId"], str)):
            raise InvalidToken
        condition = {**Session.named(claims["sessionId"]), "importedHash": token_hash}
        session: SessionRecord | None = Session._get_collection().find_one(condition)
        if session is None or str(session["userId"]) != claims["userId"]:
            raise InvalidToken
        imported_at = session["importedAt"]
        expires_at = min(datetime.fromtimestamp(claims["exp"], timezone.utc), imported_at + self._period)
        return Claims(
            sub=claims["userId"],
            sid=session["sessionId"],
            jti=token_hash[:32],
            issued_at=imported_at,
            expires_at=expires_at,
        )

    def _genuine(self, token: str) -> dict[str, Any]:
        if not self._secret:
            raise InvalidToken
        require_text(TEXT, token)
        try:
            claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=OPTIONS)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise InvalidToken from None
        if claims["type"] != REFRESH or not _is_time(claims["exp"]):
            raise InvalidToken
        return claims


def _is_time(value: object) -> bool:
    """Whether it is a time in seconds since 1970; the Express service's JWT library may leave a fraction."""
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < LATEST  # type: ignore[arg-type, operator]
