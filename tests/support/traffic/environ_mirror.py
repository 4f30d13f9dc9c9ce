"""Granian as it ships with an application that tells its WSGI environment; run as a module."""

import json

from auth_service.serving import __main__ as granian


def app(environ, start_response):
    body = json.dumps({name: repr(value) for name, value in environ.items()}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def start_worker(app, *, is_stopping):
    pass


if __name__ == "__main__":
    granian.ENTRY_POINT = "tests.support.traffic.environ_mirror"
    granian.main()
