"""Tokens that requests present and answers carry: the refresh token in its cookie, the access token as bearer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from flask import Response, g, jsonify

from auth_service.errors import (
    InvalidToken,
    RefreshReused,
    RefreshSuperseded,
    ServiceError,
    SessionEnded,
    TokenExpired,
    TokenMissing,
)
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.rotation import Grant
from auth_service.web.access import cookies
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import services

REFUSALS = (InvalidToken, RefreshReused, RefreshSuperseded, SessionEnded, TokenExpired)
LONG_AGO = datetime.fromtimestamp(0, timezone.utc)


def trade_refresh_token(trade: Callable[[str, Claims], Grant]) -> Grant:
    """The grant of the first presented refresh token that `trade` accepts, the latest issued first.

    Raises:
        TokenMissing: there is no cookie.
        InvalidToken: none is a genuine refresh token.
        ServiceError: what `trade` raised for the latest one, if it refused all. Expired tokens are passed to it: their
            sessions may have ended earlier.
    """
    refusals: list[tuple[tuple[str, str], ServiceError]] = []
    for token, claims in _genuine_refresh_tokens():
        g.subject = claims.sub, claims.sid
        try:
            return trade(token, claims)
        except REFUSALS as refusal:
            refusals.append((g.subject, refusal))
    g.subject, latest = refusals[0]
    raise latest


def presented_refresh_tokens() -> list[str]:
    """The refresh tokens of the cookies, the latest issued first, and those last that are not genuine."""
    presented = cookies.refresh_tokens()
    return presented if len(presented) < 2 else sorted(presented, key=_issue, reverse=True)


def presented_access_token() -> str | None:
    """The bearer token, not verified; `None` when the request has none."""
    with suppress(TokenMissing, InvalidToken):
        return bearer_token()
    return None


def with_tokens(grant: Grant, *, message: str, **members: Any) -> Response:
    """The answer that carries the tokens of `grant`: the access token in the body, the refresh token in the cookie."""
    g.subject = str(grant.user_id), grant.session_id
    response = jsonify({"message": message, "accessToken": grant.access_token, **members})
    cookies.set_refresh_token(response, grant.refresh_token, expires_at=grant.expires_at)
    return response


def _genuine_refresh_tokens() -> list[tuple[str, Claims]]:
    presented = presented_refresh_tokens()
    if not presented:
        raise TokenMissing
    for verify in (_own, services().imported_tokens.verify):
        genuine = []
        for token in presented:
            with suppress(InvalidToken):
                genuine.append((token, verify(token)))
        if genuine:
            return genuine
    raise InvalidToken


def _issue(token: str) -> tuple[datetime, int]:
    """When the token was issued, in whole seconds, and its place in the chain, which decides within a second."""
    with suppress(InvalidToken):
        claims = _own(token)
        return claims.issued_at, claims.generation
    return LONG_AGO, 0


def _own(token: str) -> Claims:
    return services().codec.verify_refresh(token, even_expired=True)
