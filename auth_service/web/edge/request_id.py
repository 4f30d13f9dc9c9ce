"""The id of a request: the answer carries it, and the log and the audit trail know the request by it."""

import re
import secrets

from flask import Flask, Response

from auth_service.web.context import notes, this_request

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def init_app(app: Flask) -> None:
    """Register the hooks."""
    app.before_request(name_request)
    app.after_request(return_request_id)


def name_request() -> None:
    """Take the request's id from `X-Request-ID` when it is sane, else make one."""
    sent = this_request().headers.get("X-Request-ID", "")
    notes().request_id = sent if SANE_REQUEST_ID.fullmatch(sent) else secrets.token_hex(16)


def return_request_id(response: Response) -> Response:
    """Tell the caller the request's id."""
    response.headers["X-Request-ID"] = notes().get("request_id", "")
    return response
