"""Takes the client's address and scheme from the `X-Forwarded-*` headers of the trusted proxies, and of no others."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, *, hops: int) -> None:
    """Trust `hops` proxies; with 0, no header is read."""
    if hops:
        app.wsgi_app = Forwarded(app.wsgi_app, hops=hops)  # type: ignore[method-assign]


class Forwarded:
    """A WSGI application behind `hops` proxies, each of which appends to `X-Forwarded-For`.

    Some proxies append to `X-Forwarded-Proto`; others, such as hosting platforms, replace it. Where it has fewer values
    than there are proxies, its first value counts, which is that of the outermost proxy. This holds only for requests
    that passed all proxies.
    """

    def __init__(self, app: Any, *, hops: int) -> None:
        self._hops = hops
        self._by_protos = {protos: ProxyFix(app, x_for=hops, x_proto=protos) for protos in range(1, hops + 1)}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request, with the client's address and scheme in place of the nearest proxy's."""
        passed_all = _values(environ, "HTTP_X_FORWARDED_FOR") >= self._hops
        protos = _values(environ, "HTTP_X_FORWARDED_PROTO") if passed_all else self._hops
        return self._by_protos[min(protos, self._hops)](environ, start_response)


def _values(environ: dict[str, Any], header: str) -> int:
    return str(environ.get(header, "")).count(",") + 1
