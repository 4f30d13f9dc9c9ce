"""Logs a browser out: ends the sessions of all tokens that it presents."""

from collections.abc import Sequence
from contextlib import suppress

from auth_service.documents.session import EndReason
from auth_service.errors import InvalidToken
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens import used_tokens
from auth_service.services.tokens.codec import TokenCodec


class Logout:
    """Ends sessions by their tokens."""

    def __init__(self, *, codec: TokenCodec, ending: SessionEnding) -> None:
        self._codec = codec
        self._ending = ending

    def log_out(self, *, refresh_tokens: Sequence[str], access_token: str | None) -> None:
        """End the active sessions that these tokens belong to; tokens of no session are ignored.

        A refresh token is identified by its digest alone, so a used or expired one, or one whose secret was replaced,
        ends its session too. The access token must be genuine and may be expired.
        """
        session_ids = [*map(self._of_refresh_token, refresh_tokens), self._of_access_token(access_token)]
        for session_id in dict.fromkeys(session_ids):
            if session_id is not None:
                self._ending.end(session_id=session_id, reason=EndReason.LOGOUT)

    def _of_refresh_token(self, token: str) -> str | None:
        session = used_tokens.session_of(self._codec.presented(token))
        return session["sessionId"] if session else None

    def _of_access_token(self, token: str | None) -> str | None:
        with suppress(InvalidToken):
            return self._codec.verify_access(token, even_expired=True).sid if token else None
        return None
