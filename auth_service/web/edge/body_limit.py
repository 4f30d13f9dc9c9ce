"""Rejects bodies longer than 16 KiB, whether their length is announced or not."""

from io import BytesIO

from flask import Flask, Request

from auth_service.errors import InvalidRequest, PayloadTooLarge
from auth_service.web.context import this_request

LONGEST_BODY = 16 * 1024  # bytes


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(refuse_large_body)


def refuse_large_body() -> None:
    """The hook before every request.

    An announced length is compared with the limit. A chunked body is read up to one byte beyond the limit, because
    Werkzeug cuts it at the limit and passes the rest on as if it were complete.

    Raises:
        PayloadTooLarge: the body is longer than `LONGEST_BODY`.
        InvalidRequest: the body is incomplete, or its chunks are malformed.
    """
    request = this_request()
    if (request.content_length or 0) > LONGEST_BODY:
        raise PayloadTooLarge
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        _read_chunked(request)


def _read_chunked(request: Request) -> None:
    try:
        body = request.environ["wsgi.input"].read(LONGEST_BODY + 1)
    except Exception:  # each server raises errors of its own for malformed or incomplete chunks
        raise InvalidRequest from None
    if len(body) > LONGEST_BODY:
        raise PayloadTooLarge
    request.environ["wsgi.input"] = BytesIO(body)
    request.environ["wsgi.input_terminated"] = True
