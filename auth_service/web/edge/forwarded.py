"""Believes the proxies in front, as many as are trusted and no more."""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, *, hops: int) -> None:
    """Believe `hops` proxies; none by default."""
    if hops:
        app.wsgi_app = Forwarded(app.wsgi_app, hops=hops)  # type: ignore[method-assign]


class Forwarded:
    """A WSGI application behind `hops` proxies, every one of which adds to `X-Forwarded-For`.

    `X-Forwarded-Proto` some append to and some set, as hosting platforms do. Where it has fewer values than there are
    proxies, its first counts, the outermost one's; but only for a request that came through all of them.
    """

    def __init__(self, app: Any, *, hops: int) -> None:
        self._hops = hops
        self._by_protos = {protos: ProxyFix(app, x_for=hops, x_proto=protos) for protos in range(1, hops + 1)}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request, with the client's address and scheme in place of the nearest proxy's."""
        came_through_all = _values(environ, "HTTP_X_FORWARDED_FOR") >= self._hops
        protos = _values(environ, "HTTP_X_FORWARDED_PROTO") if came_through_all else self._hops
        return self._by_protos[min(protos, self._hops)](environ, start_response)


def _values(environ: dict[str, Any], header: str) -> int:
    return str(environ.get(header, "")).count(",") + 1
