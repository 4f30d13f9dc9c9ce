"""Refuses at once what needs the database while it is known not to answer."""

from flask import Flask

from auth_service.errors import DatabaseUnavailable
from auth_service.web.context import services, this_request
from auth_service.web.endpoint_policy import policy

FIRST_TRY = 1.5  # seconds


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(require_database)


def require_database() -> None:
    """Refuse at once what needs the database while it is known not to answer.

    Raises:
        DatabaseUnavailable: it is not prepared yet, or failed lately.
    """
    readiness = services().readiness
    if readiness.ready or this_request().endpoint is None or not policy().needs_database:
        return
    readiness.await_first_try(FIRST_TRY)
    if not readiness.ready:
        raise DatabaseUnavailable
