"""The security headers of every answer, errors included: no storing, no sniffing, no framing, no embedding."""

from flask import Flask, Response

from auth_service.web.context import this_request
from auth_service.web.endpoint_policy import policy

ON_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Concerns no-cors loads (`<img>`, `<script>`) only; a fetch by one of CORS_ORIGINS is subject to CORS instead.
    "Cross-Origin-Resource-Policy": "same-origin",
}

# JSON loads nothing. A page that loads resources, such as /docs, sets a policy of its own.
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"

# Two years, with subdomains, as ASVS 5.0 (3.4.1) requires at level 2. RFC 6797 forbids the header over plain HTTP.
STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Set them on every answer."""
    app.after_request(harden)


def harden(response: Response) -> Response:
    """Set the headers; whether the client used https is known from the connection or from a trusted proxy."""
    response.headers.update(ON_ALL)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    if this_request().is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if not (policy().cacheable and "Cache-Control" in response.headers):
        response.headers["Cache-Control"] = "no-store"
    return response
