"""Keeps pages of other sites from using the cookie (OWASP ASVS 5.0 V3.5; Fetch Metadata).

A browser names the origin of a request in `Sec-Fetch-Site` or at least in `Origin`. A request with neither header comes
from a program that is no browser, which sends no cookie by itself.
"""

from flask import Flask, request

from auth_service.errors import CrossSite
from auth_service.web.context import settings, this_request
from auth_service.web.endpoint_policy import policy

OWN_SITE = ("same-origin", "none")


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(refuse_cross_site)


def refuse_cross_site() -> None:
    """The hook before every request: a POST that reads the cookie, or that a rate limit counts, must be the site's own.

    Otherwise any page could use the cookie of its visitors, or use up the limits of their networks. It comes from this
    site or an allowed origin, or from a program that is no browser.

    Raises:
        CrossSite: it comes from elsewhere, or its body is not JSON, so that a form of any page could have sent it.
    """
    declared = policy()
    if this_request().method != "POST" or not (declared.reads_cookie or declared.limit):
        return
    if not _is_trusted() or not (declared.takes_body or _is_no_form()):
        raise CrossSite


def _is_trusted() -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None and (origin in settings().cors.origins or origin == _own_origin()):
        return True
    return site in OWN_SITE if site is not None else origin is None


def _own_origin() -> str:
    return f"{request.scheme}://{request.host}"


def _is_no_form() -> bool:
    """Whether there is no body, or one of JSON; where a body is expected, the parser asks for its type."""
    return not request.get_data() or request.is_json
