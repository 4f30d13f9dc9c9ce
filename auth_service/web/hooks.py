"""Around every request: its id, the size of its body, and the database's state."""

import re
import secrets

from flask import Flask, Response

from auth_service.errors import DatabaseUnavailable
from auth_service.web.body_limit import refuse_large_body
from auth_service.web.context import identify_client, notes, services, this_request
from auth_service.web.cross_site import refuse_cross_site
from auth_service.web.forwarded import Forwarded

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
WITHOUT_DATABASE = frozenset(
    {
        "health.index",
        "health.alive",
        "health.ready",
        "metrics.exposition",
        "api_docs.page",
        "api_docs.asset",
        "api_docs.specification",
    }
)


FIRST_TRY = 1.5  # seconds


def init_app(app: Flask, *, trusted_proxies: int) -> None:
    """Register the hooks; `X-Forwarded-For` counts through as many proxies as are trusted, and none by default."""
    if trusted_proxies:
        app.wsgi_app = Forwarded(app.wsgi_app, hops=trusted_proxies)  # type: ignore[method-assign]
    app.before_request(name_request)
    app.before_request(refuse_large_body)
    app.before_request(refuse_cross_site)
    app.before_request(require_database)
    app.after_request(return_request_id)


def name_request() -> None:
    """Take the request's id from `X-Request-ID` when it is sane, else make one."""
    sent = this_request().headers.get("X-Request-ID", "")
    request_id = sent if SANE_REQUEST_ID.fullmatch(sent) else secrets.token_hex(16)
    notes().request_id = request_id
    identify_client(request_id)


def require_database() -> None:
    """Refuse at once what needs the database while it is known not to answer.

    Raises:
        DatabaseUnavailable: it is not prepared yet, or failed lately.
    """
    readiness = services().readiness
    if readiness.ready or (endpoint := this_request().endpoint) is None or endpoint in WITHOUT_DATABASE:
        return
    readiness.await_first_try(FIRST_TRY)
    if not readiness.ready:
        raise DatabaseUnavailable


def return_request_id(response: Response) -> Response:
    """Tell the caller the request's id, which the log and the audit trail know it by."""
    response.headers["X-Request-ID"] = notes().get("request_id", "")
    return response
