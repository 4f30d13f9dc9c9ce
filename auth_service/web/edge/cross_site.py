"""Keeps other sites' pages from using the cookie (OWASP ASVS 5.0 V3.5; Fetch Metadata).

A browser says where a request comes from, in `Sec-Fetch-Site` or at least in `Origin`; whoever says nothing is no
browser and has no ambient cookie to abuse.
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
    """The hook before every request: what reads the cookie must come from this site or an allowed origin.

    Raises:
        CrossSite: it does not, or it has a body that is not JSON: any page's form can send those.
    """
    declared = policy()
    if not declared.reads_cookie or this_request().method != "POST":
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
