"""The one cookie: the refresh token's (RFC 6265bis)."""

from datetime import datetime

from flask import Response, request

from auth_service.web.context import services, settings

NAME = "refreshToken"
PATH = "/auth"
OLD_PATH = "/"  # where the Express service that was replaced had set its own, under the same name


def refresh_tokens() -> list[str]:
    """The refresh token the request carries, and behind it that of the replaced service, as long as those are accepted.

    A browser that has both sends the one with the longer path first (RFC 6265 section 5.4); others may not.
    """
    shown = request.cookies.getlist(NAME)[: 2 if _replaces_another() else 1]
    return [token for token in shown if token]


def set_refresh_token(response: Response, token: str, *, expires_at: datetime) -> None:
    """Hand out `token` in its cookie, which lives no longer than the token does."""
    left = expires_at - services().clock.now()
    longest = settings().cookie.max_age
    _set(response, token, max_age=int(min(left, longest or left).total_seconds()))
    _clear_old(response)


def clear_refresh_token(response: Response) -> None:
    """Take the cookie back, with the attributes it was given."""
    _set(response, "", max_age=0)
    _clear_old(response)


def _replaces_another() -> bool:
    return settings().imports.secret is not None


def _clear_old(response: Response) -> None:
    """Take the replaced service's cookie back with ours: it would come along for ever, and one day as a replay."""
    if _replaces_another():
        _set(response, "", max_age=0, path=OLD_PATH)


def _set(response: Response, value: str, *, max_age: int, path: str = PATH) -> None:
    cookie = settings().cookie
    response.set_cookie(
        NAME,
        value,
        max_age=max_age,
        path=path,
        secure=cookie.secure,
        httponly=cookie.http_only,
        samesite=cookie.same_site.capitalize(),
    )
