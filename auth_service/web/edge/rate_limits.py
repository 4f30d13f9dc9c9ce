"""Counts each call of a limited route for the network that it comes from, before anything else is done for it."""

from flask import Flask

from auth_service.web.context import client, services, this_request
from auth_service.web.endpoint_policy import policy


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(count_call)


def count_call() -> None:
    """The hook before every request.

    Raises:
        RateLimited: it is one too many.
    """
    limit = policy().limit
    if limit is not None and this_request().method == "POST":
        services().rate_limits.hit(limit, client().network)
