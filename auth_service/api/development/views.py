"""The mails of a developer as pages: only in development, and only while mail goes into a folder.

Whoever reads them can use the codes. So a page of another site must not: its name may lead to this machine (DNS
rebinding), but it is a name with a dot.
"""

import base64
import hashlib
import ipaddress
from pathlib import Path
from typing import Any

from flask import Response, abort, make_response, render_template
from markupsafe import Markup

from auth_service.services.mail.operation.folder_reader import FolderReader
from auth_service.web.blueprint import GuardedBlueprint
from auth_service.web.context import settings, this_request
from auth_service.web.endpoint_policy import Access, Feature

SHOWN = 50
STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{STYLE_HASH}'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# What a mail brings is shown as a mail program does: no script, no origin, nothing loaded, its own styles.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"

blueprint = GuardedBlueprint("development", __name__, template_folder="templates")


@blueprint.before_request
def require_development() -> None:
    """Answer 404 everywhere else, and to names that others give this machine."""
    url, ours = settings().mail.url, settings().service
    is_open = ours.development and url is not None and url.scheme == "file"
    if not (is_open and (ours.trusted_proxies or _is_local_name(this_request().host))):
        abort(404)


@blueprint.get("/dev/mails", access=Access.PUBLIC, needs_database=False, feature=Feature.MAIL)
def mails() -> Response:
    """The last mails, newest first."""
    return _page("mails.html", mails=_folder().latest(SHOWN), most=SHOWN)


@blueprint.get("/dev/mails/<mail_id>", access=Access.PUBLIC, needs_database=False, feature=Feature.MAIL)
def mail(mail_id: str) -> Response:
    """One mail; with `?part=html`, only what a mail program would show of it."""
    found = _folder().find(mail_id) or abort(404)
    if this_request().args.get("part") == "html":
        return _html(found.html, MAIL_POLICY)
    return _page("mail.html", mail=found)


def _folder() -> FolderReader:
    url = settings().mail.url
    return FolderReader(url.path if url else "")


def _page(template: str, **values: Any) -> Response:
    return _html(render_template(template, style=Markup(STYLE), name=settings().service.name, **values), PAGE_POLICY)  # nosec B704 # a file of ours


def _html(text: str, security_policy: str) -> Response:
    response = make_response(text)
    response.headers["Content-Security-Policy"] = security_policy
    return response


def _is_local_name(host: str) -> bool:
    """Whether no name server of others can have led a browser here by `host`: an address, `localhost`, one word."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    try:
        return bool(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return "." not in name.rstrip(".") or name.endswith(".localhost")
