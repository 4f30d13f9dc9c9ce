"""The headers that every answer carries for browsers and caches: nothing may be kept, guessed, framed or embedded.

Errors carry them too, and what the framework itself refuses.
"""

from flask import Flask, Response

from auth_service.web.context import this_request
from auth_service.web.endpoint_policy import policy

ON_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Only no-cors loads (`<img>`, `<script>`) are refused; a fetch by one of CORS_ORIGINS is asked of CORS instead.
    "Cross-Origin-Resource-Policy": "same-origin",
}

# JSON loads nothing. A page that does, such as /docs, sets a policy of its own.
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"

# Two years, and the subdomains as ASVS 5.0 (3.4.1) asks at level 2. RFC 6797 forbids it over plain HTTP.
STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Set them on every answer."""
    app.after_request(harden)


def harden(response: Response) -> Response:
    """Set the headers; whether the client came by https is the connection's word, or a trusted proxy's."""
    response.headers.update(ON_ALL)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    if this_request().is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if not policy().cacheable:
        response.headers["Cache-Control"] = "no-store"
    return response
