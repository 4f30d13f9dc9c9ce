"""Tokens that requests present and answers carry: the refresh token in its cookie, the access token as bearer."""

from contextlib import suppress
from typing import Any

from flask import Response, g, jsonify

from auth_service.errors import InvalidToken, TokenMissing
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.rotation import Grant
from auth_service.web.access import cookies
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import services


def presented_refresh_token() -> tuple[str, Claims]:
    """The refresh token of the cookie, and its claims.

    Raises:
        TokenMissing: there is no cookie.
        InvalidToken: it is not a genuine refresh token. An expired one is returned: its session may have ended earlier.
    """
    presented = cookies.refresh_tokens()
    if not presented:
        raise TokenMissing
    for verify in (_own, services().imported_tokens.verify):
        for token in presented:
            with suppress(InvalidToken):
                claims = verify(token)
                g.subject = claims.sub, claims.sid
                return token, claims
    raise InvalidToken


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


def _own(token: str) -> Claims:
    return services().codec.verify_refresh(token, even_expired=True)
