"""The cookie of the refresh token (RFC 6265bis)."""

from datetime import datetime

from flask import Response, request

from auth_service.web.context import services, settings

NAME = "refreshToken"
ROUTES = "/auth"  # the only routes that read cookies
OLD_PATH = "/"  # of the replaced Express service's cookie, which has the same name
MOST_VALUES = 8  # of one name in one request


def path() -> str:
    """The `Path` of the cookies, as the browser sees it: a proxy or the server may have stripped a prefix."""
    return f"{request.script_root}{ROUTES}"


def values_of(name: str) -> list[str]:
    """The values of all cookies called `name`, `MOST_VALUES` at most, without empty ones and repetitions.

    There are several where a sibling host set one for the whole domain, or the replaced service one at another path.
    Their order proves nothing (RFC 6265 section 5.4).
    """
    presented = dict.fromkeys(value for value in request.cookies.getlist(name) if value)
    return list(presented)[:MOST_VALUES]


def refresh_tokens() -> list[str]:
    """The presented refresh tokens, in the order of their cookies."""
    return values_of(NAME)


def set_refresh_token(response: Response, token: str, *, expires_at: datetime) -> None:
    """Set the cookie to `token`; it expires no later than the token, at `expires_at`."""
    left = expires_at - services().clock.now()
    longest = settings().cookie.max_age
    _set(response, token, max_age=int(min(left, longest or left).total_seconds()), below=path())
    _clear_old(response)


def clear_refresh_token(response: Response) -> None:
    """Delete the cookie, by the attributes it was set with."""
    _set(response, "", max_age=0, below=path())
    _clear_old(response)


def _replaces_another() -> bool:
    return settings().imports.secret is not None


def _clear_old(response: Response) -> None:
    """Delete the replaced service's cookie too: clients would send it for ever, and it would count as a replay."""
    if _replaces_another():
        _set(response, "", max_age=0, below=OLD_PATH)


def _set(response: Response, value: str, *, max_age: int, below: str) -> None:
    cookie = settings().cookie
    response.set_cookie(
        NAME,
        value,
        max_age=max_age,
        path=below,
        secure=cookie.secure,
        httponly=cookie.http_only,
        samesite=cookie.same_site.capitalize(),
    )
