"""The one cookie: the refresh token's (RFC 6265bis)."""

from datetime import datetime

from flask import Response, request

from auth_service.web.context import services, settings

NAME = "refreshToken"
PATH = "/auth"


def refresh_token() -> str | None:
    """The refresh token the request carries."""
    return request.cookies.get(NAME)


def set_refresh_token(response: Response, token: str, *, expires_at: datetime) -> None:
    """Hand out `token` in its cookie, which lives no longer than the token does."""
    left = expires_at - services().clock.now()
    longest = settings().cookie.max_age
    _set(response, token, max_age=int(min(left, longest or left).total_seconds()))


def clear_refresh_token(response: Response) -> None:
    """Take the cookie back, with the attributes it was given."""
    _set(response, "", max_age=0)


def _set(response: Response, value: str, *, max_age: int) -> None:
    cookie = settings().cookie
    response.set_cookie(
        NAME,
        value,
        max_age=max_age,
        path=PATH,
        secure=cookie.secure,
        httponly=cookie.http_only,
        samesite=cookie.same_site.capitalize(),
    )
