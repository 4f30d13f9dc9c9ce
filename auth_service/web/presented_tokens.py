"""What a request shows of itself besides a live session: the refresh cookie, and tokens that only name a session."""

from contextlib import suppress

from flask import g

from auth_service.errors import InvalidToken, TokenMissing
from auth_service.services import used_tokens
from auth_service.services.claims import Claims
from auth_service.services.rotation import digest
from auth_service.services.used_tokens import ShownToken
from auth_service.web import cookies, imported_tokens
from auth_service.web.context import tokens
from auth_service.web.permissions import bearer_token


def presented_refresh_token() -> tuple[str, Claims]:
    """The refresh token of the cookie and what it says.

    Raises:
        TokenMissing: there is no cookie.
        InvalidToken: it is no genuine refresh token. One that is merely too old may still learn of its session.
    """
    shown = cookies.refresh_tokens()
    if not shown:
        raise TokenMissing
    for verify in (_own, imported_tokens.verify):
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
