"""Refresh tokens of the Express service that this one has replaced: accepted once, and only if they were imported.

Their form is known here alone: HS256, with the claims `userId`, `sessionId` and `type`. They have neither `iss` nor
`jti`, so that no token of one service passes as one of the other, whatever the secrets.
"""

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
from jwt.types import Options

from auth_service.documents.refresh_token import RefreshToken
from auth_service.errors import InvalidToken
from auth_service.services.tokens.claims import Claims, digest
from auth_service.services.tokens.codec import ALGORITHM, COMPACT_FORM, LONGEST_TOKEN, REFRESH

LATEST = 2**33  # seconds since 1970
OPTIONS: Options = {
    "require": ["userId", "sessionId", "type", "exp"],
    "verify_exp": False,  # judged later, like that of every refresh token
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class ImportedTokens:
    """Accepts them for `period` after the import, signed with `secret`; without a secret, none."""

    def __init__(self, *, period: timedelta, secret: str | None) -> None:
        self._period = period
        self._secret = secret

    def verify(self, token: str) -> Claims:
        """What an old refresh token says, in the words of this service; it may be too old or used.

        `jti`, which its successor is derived from, is made of its hash. It expires at its own `exp`, and
        `IMPORT_ACCEPT_DAYS` after the import if that is earlier.

        Raises:
            InvalidToken: it is no genuine one, or was not imported, or `IMPORT_JWT_SECRET` is not set.
        """
        said = self._genuine(token)
        hashed = digest(token)
        imported = RefreshToken.objects(hash=hashed, imported_at__ne=None).first()
        if imported is None or (said["userId"], said["sessionId"]) != (str(imported.user_id), imported.session_id):
            raise InvalidToken
        return Claims(
            sub=str(imported.user_id),
            sid=imported.session_id,
            jti=hashed[:32],
            issued_at=imported.imported_at,
            expires_at=min(datetime.fromtimestamp(said["exp"], timezone.utc), imported.imported_at + self._period),
        )

    def _genuine(self, token: str) -> dict[str, Any]:
        if not self._secret or len(token) > LONGEST_TOKEN or not COMPACT_FORM.fullmatch(token):
            raise InvalidToken
        try:
            claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=OPTIONS)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise InvalidToken from None
        if claims["type"] != REFRESH or not _is_time(claims["exp"]):
            raise InvalidToken
        return claims


def _is_time(value: object) -> bool:
    """Whether it is a number of seconds; that library's own sums could leave a fraction."""
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < LATEST  # type: ignore[arg-type, operator]
