"""Counts each call of a limited public route for the networks that it comes from, before anything else is done.

Whoever has one IPv6 network of 64 bits usually has many: their site, of 48 bits, may call as often as four of them.
An answer of 5xx has decided nothing: the call is given back to every limit that counted it.
"""

from flask import Flask, Response

from auth_service.services.protection.rate_limits import Limit
from auth_service.web.context import client, request_globals, services, this_request
from auth_service.web.endpoint_policy import Access, policy

SITE = 4  # networks that the limit of a site is good for
COUNTED = "counted_for"  # in the request's globals: the limits, keys and multiples that this request was counted for


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
        caller = client()
        count(declared.limit, caller.network)
        if caller.site:
            count(declared.limit, caller.site, times=SITE)


def count(limit: Limit, key: str, *, times: int = 1) -> None:
    """Count this request for `key`, which may call `times` as often as the limit says.

    Raises:
        RateLimited: it is one too many.
    """
    services().rate_limits.hit(limit, key, times=times)
    request_globals().setdefault(COUNTED, []).append((limit, key, times))


def give_back(response: Response) -> Response:
    """The hook after every request."""
    if response.status_code >= 500:
        for limit, key, times in request_globals().get(COUNTED, ()):
            services().rate_limits.give_back(limit, key, times=times)
    return response
