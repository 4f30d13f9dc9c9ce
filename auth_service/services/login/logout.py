"""Logs a browser out: ends the sessions of all tokens that it presents."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from auth_service.documents.session import EndReason
from auth_service.errors import InvalidToken
from auth_service.monitoring.metrics import Metrics
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.replays import Replays

log = logging.getLogger(__name__)


class Logout:
    """Ends sessions by their tokens."""

    def __init__(self, *, codec: TokenCodec, replays: Replays, ending: SessionEnding, metrics: Metrics) -> None:
        self._codec = codec
        self._replays = replays
        self._ending = ending
        self._metrics = metrics

    def log_out(self, *, refresh_tokens: Sequence[str], access_token: str | None) -> None:
        """End the active sessions that these tokens belong to; tokens of no session are ignored.

        Any refresh token of a session ends it, a used or expired one, too. One that was used before the race window is
        the sign of a copy: its session ends as stolen. The access token must be genuine and may be expired.

        Without any token nothing ends. This is counted: the browser may keep back the cookie of an active session.
        """
        if not refresh_tokens and access_token is None:
            log.info("a logout presented no token and ended no session")
            self._metrics.logout_without_token()
        for token in refresh_tokens:
            self._end_by_refresh_token(token)
        with suppress(InvalidToken):
            if access_token:
                claims = self._codec.verify_access(access_token, even_expired=True)
                self._ending.end(session_id=claims.sid, reason=EndReason.LOGOUT)

    def _end_by_refresh_token(self, token: str) -> None:
        owner = self._replays.owner_of(token)
        if owner is None or not self._ending.end(session_id=owner.session_id, reason=owner.reason):
            return
        if owner.reason is EndReason.REUSED_TOKEN:
            self._replays.report_theft(owner.session)
