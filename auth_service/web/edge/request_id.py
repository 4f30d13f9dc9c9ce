"""The id of a request, which its answer, its lines in the log and its audit events share."""

import re
import secrets

from flask import Flask, Response

from auth_service.web.context import request_globals, this_request

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")


def init_app(app: Flask) -> None:
    """Register the hooks."""
    app.before_request(name_request)
    app.after_request(return_request_id)


def name_request() -> None:
    """Take the id from `X-Request-ID` where it is well-formed, else make a random one."""
    proposed = this_request().headers.get("X-Request-ID", "")
    request_globals().request_id = proposed if WELL_FORMED.fullmatch(proposed) else secrets.token_hex(16)


def return_request_id(response: Response) -> Response:
    """Return the id to the caller."""
    response.headers["X-Request-ID"] = request_globals().get("request_id", "")
    return response
