"""Rejects calls that need the database, at once, while the database is known not to answer."""

from flask import Flask

from auth_service.errors import DatabaseUnavailable
from auth_service.web.context import services, this_request
from auth_service.web.endpoint_policy import policy

FIRST_ATTEMPT_TIMEOUT = 1.5  # seconds


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(require_database)


def require_database() -> None:
    """The hook before every request.

    Raises:
        DatabaseUnavailable: the database is not prepared yet, or did not answer lately.
    """
    readiness = services().readiness
    if readiness.ready or this_request().endpoint is None or not policy().needs_database:
        return
    readiness.await_first_try(FIRST_ATTEMPT_TIMEOUT)
    if not readiness.ready:
        raise DatabaseUnavailable
