"""The `Host` header is mandatory in HTTP/1.1"""

import pytest


@pytest.mark.parametrize("path", ["/healthz", "/profile", "/nowhere"])
@pytest.mark.parametrize("host", [None, ""])
def test_http_1_1_without_a_host_is_400(app, path, host):
    with app.test_request_context(path) as context:
        environ = dict(context.request.environ)
    environ.pop("HTTP_HOST")
    if host is not None:
        environ["HTTP_HOST"] = host
    environ["SERVER_PROTOCOL"] = "HTTP/1.1"
    assert call(app, environ) == "400 BAD REQUEST"


@pytest.mark.parametrize(("protocol", "host"), [("HTTP/1.0", None), ("HTTP/1.1", "localhost"), ("HTTP/2", None)])
def test_other_requests_are_answered(app, protocol, host):
    with app.test_request_context("/healthz") as context:
        environ = dict(context.request.environ)
    environ.pop("HTTP_HOST")
    environ["SERVER_PROTOCOL"] = protocol
    if host:
        environ["HTTP_HOST"] = host
    assert call(app, environ) == "200 OK"


def call(app, environ):
    """The status that the application answers a WSGI environment with."""
    answers = []
    list(app(environ, lambda status, headers, error=None: answers.append(status)))
    return answers[0]
