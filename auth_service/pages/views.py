"""The account page and the admin page, only with `PAGES`: two HTML shells and their files, which call the API.

A shell holds nothing about a user, and each page loads from its own origin alone.
"""

from pathlib import Path
from typing import Any

from flask import Response, abort, render_template, request

from auth_service.pages import files
from auth_service.services.origin.languages import LANGUAGES
from auth_service.web.blueprint import GuardedBlueprint
from auth_service.web.context import client, settings
from auth_service.web.endpoint_policy import Access, Feature

HERE = Path(__file__).parent
YEAR = 365 * 24 * 3600  # seconds
HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        ("publickey-credentials-get=(self)", "publickey-credentials-create=(self)", "geolocation=()", "camera=()")
    ),
}

POLICY: dict[str, Any] = {
    "access": Access.PUBLIC,
    "needs_database": False,
    "logs_success": False,
    "feature": Feature.PAGES,
}

blueprint = GuardedBlueprint("pages", __name__, template_folder=str(HERE))


@blueprint.get("/account", **POLICY)
@blueprint.get("/account/<view>", **POLICY)
def account(view: str = "") -> Any:
    """The page on which people look after their own account; which view it shows, its script reads from the path."""
    return _shell("account")


@blueprint.get("/admin", **POLICY)
@blueprint.get("/admin/<view>", **POLICY)
def admin(view: str = "") -> Any:
    """The page on which admins look after the accounts of others; the same to everybody, for the API says who may."""
    return _shell("admin")


@blueprint.get("/assets/<version>/<path:name>", **POLICY, cacheable=True)
def asset(version: str, name: str) -> Response:
    """A file of the pages, under a path that changes with what is in any of them."""
    if version != files.version():
        abort(404)
    return files.respond(name, cache_control=f"public, max-age={YEAR}, immutable")


@blueprint.get("/auth-client.js", **POLICY, cacheable=True)
def browser_client() -> Response:
    """The browser client for the pages of others; a browser asks whether it changed before each use."""
    return files.respond("auth-client.js", cache_control="public, no-cache")


def _shell(page: str) -> Any:
    known = settings()
    language = client().language
    facts = {
        "name": known.service.name,
        "page": page,
        "base": request.script_root,
        "languages": LANGUAGES,
        "mail": known.mail.enabled,
        "registration": known.registration.mode == "open",
        "factors": known.factors.enabled,
        "passkeys": known.has_passkeys,
        "shortestPassword": known.passwords.min_length,
    }
    texts = files.texts(language)
    shell = render_template("shell.html", facts=facts, texts=texts, language=language, version=files.version())
    return shell, HEADERS
