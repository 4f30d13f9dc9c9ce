"""Requires the `Host` header, which is mandatory in HTTP/1.1 (RFC 9112 section 3.2)."""

from flask import Flask

from auth_service.errors import InvalidRequest
from auth_service.web.context import this_request


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(require_host)


def require_host() -> None:
    """The hook before every request; servers pass requests without the header on.

    Raises:
        InvalidRequest: it is a request of HTTP/1.1 without a `Host`, or with an empty one.
    """
    environ = this_request().environ
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and not environ.get("HTTP_HOST"):
        raise InvalidRequest
