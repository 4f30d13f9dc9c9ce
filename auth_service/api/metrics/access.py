"""Decides who may read `/metrics`: callers with the token, and every caller on the port of `METRICS_BIND`.

The server knows the port of the connection; the client has no influence on it.
"""

import hmac

from flask import Flask

from auth_service.errors import InvalidToken, NotFound
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import settings, this_request

ENDPOINT = "metrics.exposition"


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(guard_metrics)


def guard_metrics() -> None:
    """The hook before every request.

    Raises:
        NotFound: another route is called on the port for metrics, or `/metrics` on the other port without a
            `METRICS_TOKEN` being set.
        TokenMissing, InvalidToken: `METRICS_TOKEN` is set, and the request does not present it.
    """
    metrics, request = settings().metrics, this_request()
    on_own_port = metrics.port is not None and request.environ.get("SERVER_PORT") == str(metrics.port)
    if on_own_port and request.endpoint != ENDPOINT:
        raise NotFound
    if request.endpoint == ENDPOINT and not on_own_port:
        _require_token(metrics.token)


def _require_token(token: str | None) -> None:
    if token is None:
        raise NotFound
    if not hmac.compare_digest(bearer_token().encode("utf-8", "surrogatepass"), token.encode()):
        raise InvalidToken
