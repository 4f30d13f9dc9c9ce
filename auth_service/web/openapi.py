"""The OpenAPI description of every route, with its callers and its errors."""

from typing import Any

import flask_smorest
from flask import Flask, current_app
from werkzeug.routing import Rule

from auth_service.documents.user import ROLES
from auth_service.web.access import cookies
from auth_service.web.context import settings, this_request
from auth_service.web.endpoint_policy import Access, policy_of
from auth_service.web.introduction import introduction
from auth_service.web.schemas.message import ErrorSchema
from auth_service.web.schemas.user import USER_ID

Requirement = dict[str, list[str]]

EXTENSION = "auth_service.openapi"
ALWAYS = (400, 413)  # malformed chunks and bodies that are too long, on any route
FAILURES = {
    Access.PUBLIC: (),
    Access.USER: (401, 503),
    Access.OWNER_OR_ADMIN: (401, 403, 503),
    Access.ADMIN: (401, 403, 503),
}
BEARER: Requirement = {"bearer": []}
COOKIE: Requirement = {"refreshCookie": []}
METRICS_TOKEN: Requirement = {"metricsToken": []}
PATH_PARAMETERS = {
    "user_id": {
        "description": "The id of a user: `_id` in an answer.",
        "schema": {"type": "string", "pattern": USER_ID},
    },
    "factor_id": {
        "description": "The id of a second factor: `factorId` in an answer.",
        "schema": {"type": "string", "pattern": USER_ID},
    },
    "session_id": {
        "description": "The id of a session: `sessionId` in an answer.",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
    },
    "role": {"description": "The role that the user gets.", "schema": {"type": "string", "enum": list(ROLES)}},
}
SECURITY_SCHEMES = {  # Swagger UI puts the cursor into the box of the last one
    "refreshCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookies.NAME,
        "description": "The refresh token. Leave this box empty: `POST /auth/login` sets the cookie, and the browser"
        " sends it by itself. Other programs need a cookie jar.",
    },
    "metricsToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "For `GET /metrics` only: the value of the setting `METRICS_TOKEN`.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token: `accessToken` in the answer of `POST /auth/login` or `POST /auth/refresh`."
        " The word Bearer is added.",
    },
}
UNUSED_SCHEMA = "PaginationMetadata"  # flask-smorest adds it; the pages of this API have cursors


class Api(flask_smorest.Api):
    """flask-smorest with the one error shape in its description; `web/error_handlers` answers in it."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None


def init_app(app: Flask, *, title: str) -> Api:
    """Make the registry of descriptions, in which blueprints register their routes."""
    app.config.update(API_TITLE=title, API_VERSION="1", OPENAPI_VERSION="3.0.3")
    api = Api(app, spec_kwargs={"info": {"description": introduction()}})
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    content = {"application/json": {"schema": ErrorSchema}}
    api.spec.components.response("Error", {"description": "The one error shape", "content": content})
    app.extensions[EXTENSION] = api
    return api


def specification_of_current_app() -> dict[str, Any]:
    """The description of the current application's API, at the path that this request's client sees."""
    specification: dict[str, Any] = current_app.extensions[EXTENSION].spec.to_dict()
    if prefix := this_request().script_root:
        specification["servers"] = [{"url": prefix}]
    specification["components"]["schemas"].pop(UNUSED_SCHEMA, None)
    if settings().metrics.token is None:
        specification["components"]["securitySchemes"].pop("metricsToken", None)  # there is no token to ask for
    for rule in current_app.url_map.iter_rules():
        for operation in _operations(specification, rule):
            _describe_access(operation, rule.endpoint)
            operation["summary"] = operation["summary"].replace("`", "")  # a docstring's; a summary is not Markdown
    for item in specification["paths"].values():
        for parameter in item.get("parameters", []):
            parameter.update(PATH_PARAMETERS[parameter["name"]])
    return specification


def _operations(specification: dict[str, Any], rule: Rule) -> list[dict[str, Any]]:
    path = rule.rule.replace("<", "{").replace(">", "}")
    operations: dict[str, dict[str, Any]] = specification["paths"].get(path, {})
    return [operation for method, operation in operations.items() if method.upper() in (rule.methods or ())]


def _describe_access(operation: dict[str, Any], endpoint: str) -> None:
    access = policy_of(endpoint).access
    if operation.get("security") == [METRICS_TOKEN] and settings().metrics.token is None:
        operation["security"] = []  # there is no token to ask for: the call is 404
        del operation["responses"]["401"]
    operation.setdefault("security", [] if access is Access.PUBLIC else [BEARER])
    lacking = (404,) if policy_of(endpoint).feature else ()
    for status in (*ALWAYS, *FAILURES[access], *lacking):
        operation["responses"].setdefault(str(status), {"$ref": "#/components/responses/Error"})
