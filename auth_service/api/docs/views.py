"""The API's own description, and a page to read it on; only where `API_DOCS` says so."""

from pathlib import Path
from typing import Any

import swagger_ui_bundle
from flask import Response, abort, jsonify, render_template, send_from_directory

from auth_service.web.blueprint import GuardedBlueprint
from auth_service.web.context import settings
from auth_service.web.endpoint_policy import Access
from auth_service.web.openapi import specification_of_current_app

ASSETS = Path(swagger_ui_bundle.swagger_ui_path)
HERE = Path(__file__).parent
OWN_ASSETS = ("page.css", "start.js")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

blueprint = GuardedBlueprint("api_docs", __name__, template_folder="templates")


@blueprint.before_request
def require_api_docs() -> None:
    """Answer 404 where the description is not to be seen."""
    if not settings().service.api_docs:
        abort(404)


@blueprint.get("/openapi.json", access=Access.PUBLIC, needs_database=False)
def specification() -> Response:
    """The OpenAPI 3.0 description."""
    return jsonify(specification_of_current_app())


@blueprint.get("/docs", access=Access.PUBLIC, needs_database=False)
def page() -> Any:
    """Swagger UI over `/openapi.json`."""
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return render_template("docs.html", name=settings().service.name), headers


@blueprint.get("/docs/assets/<path:name>", access=Access.PUBLIC, needs_database=False, cacheable=True)
def asset(name: str) -> Response:
    """A file of Swagger UI, from its Python package."""
    return send_from_directory(HERE / "assets" if name in OWN_ASSETS else ASSETS, name, max_age=3600)
