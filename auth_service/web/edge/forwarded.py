"""Takes the client's address, scheme and path prefix from the `X-Forwarded-*` headers of the trusted proxies only."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask

PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")
LONGEST_PREFIX = 100  # characters


def init_app(app: Flask, *, hops: int) -> None:
    """Trust `hops` proxies; with 0, no header is read."""
    if hops:
        app.wsgi_app = Forwarded(app.wsgi_app, hops=hops)  # type: ignore[method-assign]


class Forwarded:
    """A WSGI application behind `hops` proxies, each of which appends to `X-Forwarded-For`.

    The last `hops` values of a header are theirs; what stands before comes from the client.

    Some proxies append to `X-Forwarded-Proto`; others, such as hosting platforms, replace it. Where it has fewer values
    than there are proxies, its first value counts, which is that of the outermost proxy. This holds only for requests
    that passed all proxies.

    `X-Forwarded-Prefix` is the path that a proxy strips. Proxies that each strip one append theirs. It is believed of
    requests that passed all proxies, and only if it is a plain path: it enters cookies and addresses.

    Werkzeug's `ProxyFix` is not used: to it one double quote from a client makes the whole header malformed, so that
    the client's address is lost; and it does not check the prefix.
    """

    def __init__(self, app: Any, *, hops: int) -> None:
        self._app, self._hops = app, hops

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request, with what the proxies say of the client in place of the nearest proxy's connection."""
        hops = self._hops
        addresses, protos = _values(environ, "FOR"), _values(environ, "PROTO")
        passed_all = len(addresses) >= hops
        if passed_all:
            environ["REMOTE_ADDR"] = addresses[-hops]
        if len(protos) >= hops or (protos and passed_all):
            environ["wsgi.url_scheme"] = protos[-hops:][0].strip('"').lower()
        if passed_all and (prefix := _prefix(_values(environ, "PREFIX")[-hops:])):
            environ["SCRIPT_NAME"] = prefix
        return self._app(environ, start_response)  # type: ignore[no-any-return]


def _values(environ: dict[str, Any], header: str) -> list[str]:
    """The elements of a header's list. Its values have no quoted form, so a comma always separates."""
    values = (value.strip(" \t") for value in str(environ.get(f"HTTP_X_FORWARDED_{header}", "")).split(","))
    return [value for value in values if value]


def _prefix(stripped: list[str]) -> str:
    """The paths that the proxies stripped, the outermost first, as one; empty where one is not a plain path."""
    prefix = "".join(path.removesuffix("/") for path in stripped)
    return prefix if len(prefix) <= LONGEST_PREFIX and PREFIX.fullmatch(prefix) else ""
