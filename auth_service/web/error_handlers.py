"""Turns every exception, of the service or of a library, into the one JSON shape of errors."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from auth_service import errors
from auth_service.database.circuit import CircuitOpen, is_silence
from auth_service.database.faults import explain
from auth_service.errors import (
    DatabaseUnavailable,
    Forbidden,
    FreshAuthenticationRequired,
    RateLimited,
    ServiceError,
)
from auth_service.web.context import request_globals, services, this_request

log = logging.getLogger(__name__)

BY_STATUS: dict[int, type[ServiceError]] = {
    400: errors.InvalidRequest,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.PayloadTooLarge,
    415: errors.UnsupportedMediaType,
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(ServiceError, answer)
    app.register_error_handler(Forbidden, _answer_forbidden)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(PyMongoError, _answer_database_error)
    app.register_error_handler(Exception, _answer_unexpected)


def answer(error: ServiceError) -> Response:
    """The response of an error."""
    g.error_code = error.code
    body: dict[str, Any] = {
        "message": error.message,
        "status": error.status,
        "code": error.code,
        "requestId": g.get("request_id", ""),
    }
    body.update(error.members)
    if error.errors:
        body["errors"] = error.errors
    response = jsonify(body)
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = _challenge(error)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, RateLimited):
        response.headers["RateLimit-Limit"] = str(error.limit)
        response.headers["RateLimit-Remaining"] = "0"
        response.headers["RateLimit-Reset"] = str(error.retry_after)
    return response


def _challenge(error: ServiceError) -> str:
    """How the client can authenticate (RFC 6750), or how it can do so anew (RFC 9470)."""
    if isinstance(error, FreshAuthenticationRequired):
        return f'Bearer error="insufficient_user_authentication", max_age="{error.max_age}"'
    return "Bearer"


def _answer_forbidden(error: Forbidden) -> Response:
    """The caller may not do this: the audit trail gets the route's rule, which no client chose.

    A view that was added to this application may refuse a caller whose session it did not ask for: there is no event.
    """
    request, caller = this_request(), request_globals().get("principal")
    if caller is not None:
        services().refusals.record(caller.session, route=f"{request.method} {request.url_rule}")
    return answer(error)


def _answer_http_exception(error: HTTPException) -> Response:
    """Werkzeug's own errors: an unknown route, a method that is not allowed, a malformed header."""
    status = error.code or 500
    otherwise = ServiceError if status >= 500 else errors.InvalidRequest
    response = answer(BY_STATUS.get(status, otherwise)())
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_database_error(error: PyMongoError) -> Response:
    """The database failed during the request, so the outcome of its commands is unknown."""
    if is_silence(error):
        services().readiness.report_failure(error)
    elif not isinstance(error, CircuitOpen):  # which was logged when the circuit opened
        log.error("%s", explain(error))
    return answer(DatabaseUnavailable())


def _answer_unexpected(error: Exception) -> Response:
    log.error("unexpected error in request %s", g.get("request_id", ""), exc_info=error)
    return answer(ServiceError())
