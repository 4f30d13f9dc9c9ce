"""Counts each call of a limited public route for the networks that it comes from, before anything else is done."""

from flask import Flask

from auth_service.web.context import client, services, this_request
from auth_service.web.endpoint_policy import Access, policy


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(count_call)


def count_call() -> None:
    """The hook before every request.

    Raises:
        RateLimited: it is one too many.
    """
    declared = policy()
    if declared.limit is not None and declared.access is Access.PUBLIC and this_request().method == "POST":
        services().rate_limits.hit(declared.limit, client().network)
