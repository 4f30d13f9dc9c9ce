"""The OpenAPI description of every route, with its callers and its errors."""

from typing import Any

import flask_smorest
from flask import Flask, current_app
from werkzeug.routing import Rule

from auth_service.documents.user import ROLES
from auth_service.web.access import cookies
from auth_service.web.context import settings, this_request
from auth_service.web.endpoint_policy import Access, policy_of
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
    "user_id": {"type": "string", "pattern": USER_ID},
    "session_id": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
    "role": {"type": "string", "enum": list(ROLES)},
}


class Api(flask_smorest.Api):
    """flask-smorest with the one error shape in its description; `web/error_handlers` answers in it."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None


def init_app(app: Flask, *, title: str) -> Api:
    """Make the registry of descriptions, in which blueprints register their routes."""
    app.config.update(API_TITLE=title, API_VERSION="1", OPENAPI_VERSION="3.0.3")
    api = Api(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    api.spec.components.security_scheme("metricsToken", {"type": "http", "scheme": "bearer"})
    cookie = {"type": "apiKey", "in": "cookie", "name": cookies.NAME}
    api.spec.components.security_scheme("refreshCookie", cookie)
    content = {"application/json": {"schema": ErrorSchema}}
    api.spec.components.response("Error", {"description": "The one error shape", "content": content})
    app.extensions[EXTENSION] = api
    return api


def specification_of_current_app() -> dict[str, Any]:
    """The description of the current application's API, at the path that this request's client sees."""
    specification: dict[str, Any] = current_app.extensions[EXTENSION].spec.to_dict()
    if prefix := this_request().script_root:
        specification["servers"] = [{"url": prefix}]
    for rule in current_app.url_map.iter_rules():
        for operation in _operations(specification, rule):
            _describe_access(operation, rule.endpoint)
    for item in specification["paths"].values():
        for parameter in item.get("parameters", []):
            parameter["schema"] = PATH_PARAMETERS[parameter["name"]]
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
    for status in (*ALWAYS, *FAILURES[access]):
        operation["responses"].setdefault(str(status), {"$ref": "#/components/responses/Error"})
