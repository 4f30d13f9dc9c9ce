"""Tokens that requests present and answers hand out: the refresh token in its cookie, the access token as bearer."""

from contextlib import suppress
from typing import Any

from flask import Response, g, jsonify

from auth_service.errors import InvalidToken, TokenMissing
from auth_service.services.tokens import used_tokens
from auth_service.services.tokens.claims import Claims, digest
from auth_service.services.tokens.rotation import Grant
from auth_service.services.tokens.used_tokens import ShownToken
from auth_service.web.access import cookies
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import services, tokens


def presented_refresh_token() -> tuple[str, Claims]:
    """The refresh token of the cookie and what it says.

    Raises:
        TokenMissing: there is no cookie.
        InvalidToken: it is no genuine refresh token. One that is merely too old may still learn of its session.
    """
    shown = cookies.refresh_tokens()
    if not shown:
        raise TokenMissing
    for verify in (_own, services().imported_tokens.verify):
        for token in shown:
            with suppress(InvalidToken):
                claims = verify(token)
                g.subject = claims.sub, claims.sid
                return token, claims
    raise InvalidToken


def _own(token: str) -> Claims:
    return tokens().verify_refresh(token, even_expired=True)


def shown_refresh_tokens() -> list[ShownToken]:
    """The refresh tokens of the cookies, genuine or not: the first is this service's own."""
    return [ShownToken(digest(token), tokens().session_named_by(token)) for token in cookies.refresh_tokens()]


def presented_sessions() -> set[str]:
    """The ids of the sessions that the request's cookie and bearer token belong to, live or not."""
    return {session_id for session_id in (*_of_cookies(), _of_bearer()) if session_id}


def _of_cookies() -> list[str | None]:
    """Found by the token's hash alone: any refresh token a session ever had, used or expired, belongs to it."""
    records = map(used_tokens.session_of, shown_refresh_tokens())
    return [record["sessionId"] if record else None for record in records]


def _of_bearer() -> str | None:
    try:
        return tokens().verify_access(bearer_token(), even_expired=True).sid
    except (TokenMissing, InvalidToken):
        return None


def with_tokens(grant: Grant, *, message: str, **members: Any) -> Response:
    """The answer to a login or a refresh."""
    g.subject = sub, sid = str(grant.user_id), grant.session_id
    access_token = tokens().access(sub=sub, sid=sid)
    response = jsonify({"message": message, "accessToken": access_token, **members})
    cookies.set_refresh_token(response, grant.refresh_token, expires_at=grant.expires_at)
    return response
