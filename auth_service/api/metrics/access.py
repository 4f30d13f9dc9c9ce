"""Who may read `/metrics`: whoever has the token, or reaches the port that is for nothing else.

Which port a connection came in by is gunicorn's word, not the client's.
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
        NotFound: this is the port for metrics and something else is asked, or it is not, and there is no token.
        TokenMissing, InvalidToken: there is one, and it was not shown.
    """
    metrics, asked = settings().metrics, this_request()
    on_own_port = metrics.port is not None and asked.environ.get("SERVER_PORT") == str(metrics.port)
    if on_own_port and asked.endpoint != ENDPOINT:
        raise NotFound
    if asked.endpoint == ENDPOINT and not on_own_port:
        _require_token(metrics.token)


def _require_token(token: str | None) -> None:
    if token is None:
        raise NotFound
    if not hmac.compare_digest(bearer_token().encode("utf-8", "surrogatepass"), token.encode()):
        raise InvalidToken
