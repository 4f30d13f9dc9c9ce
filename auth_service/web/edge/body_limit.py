"""No body longer than 16 KiB gets in, announced or not."""

from io import BytesIO

from flask import Flask, Request

from auth_service.errors import InvalidRequest, PayloadTooLarge
from auth_service.web.context import this_request

LONGEST_BODY = 16 * 1024  # bytes


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(refuse_large_body)


def refuse_large_body() -> None:
    """The hook before every request: judges by the announced length, and reads a chunked body one byte too far.

    Werkzeug cuts a chunked body at the limit and hands on what is left as if it were all.

    Raises:
        PayloadTooLarge: there is more than `LONGEST_BODY`.
        InvalidRequest: the body broke off, or its chunks are malformed.
    """
    asked = this_request()
    if (asked.content_length or 0) > LONGEST_BODY:
        raise PayloadTooLarge
    if "chunked" in asked.headers.get("Transfer-Encoding", "").lower():
        _read_chunked(asked)


def _read_chunked(asked: Request) -> None:
    try:
        body = asked.environ["wsgi.input"].read(LONGEST_BODY + 1)
    except Exception:  # every server has errors of its own for chunks that are none, or that break off
        raise InvalidRequest from None
    if len(body) > LONGEST_BODY:
        raise PayloadTooLarge
    asked.environ["wsgi.input"] = BytesIO(body)
    asked.environ["wsgi.input_terminated"] = True
