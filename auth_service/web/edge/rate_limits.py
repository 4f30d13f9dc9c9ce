"""Counts each call of a limited public route for the networks that it comes from, before anything else is done.

An answer of 5xx has decided nothing: the call is given back to every limit that counted it.
"""

from flask import Flask, Response

from auth_service.services.protection.rate_limits import Limit
from auth_service.web.context import client, request_globals, services, this_request
from auth_service.web.endpoint_policy import Access, policy

COUNTED = "counted_for"  # in the request's globals: the limits and keys that this request was counted for


def init_app(app: Flask) -> None:
    """Register the hooks."""
    app.before_request(count_call)
    app.after_request(give_back)


def count_call() -> None:
    """The hook before every request.

    Raises:
        RateLimited: it is one too many.
    """
    declared = policy()
    if declared.limit is not None and declared.access is Access.PUBLIC and this_request().method == "POST":
        count(declared.limit, client().network)


def count(limit: Limit, key: str) -> None:
    """Count this request for `key`.

    Raises:
        RateLimited: it is one too many.
    """
    services().rate_limits.hit(limit, key)
    request_globals().setdefault(COUNTED, []).append((limit, key))


def give_back(response: Response) -> Response:
    """The hook after every request."""
    if response.status_code >= 500:
        for limit, key in request_globals().get(COUNTED, ()):
            services().rate_limits.give_back(limit, key)
    return response
