"""Liveness and readiness of the service."""

from typing import Any

from auth_service.api.health.schemas import LiveSchema, StatusSchema
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import services, settings
from auth_service.web.endpoint_policy import Access

blueprint = Blueprint("health", __name__, description="Is it alive, can it serve")


@blueprint.get("/", access=Access.PUBLIC, needs_database=False, logs_success=False)
@blueprint.response(200, LiveSchema)
def index() -> dict[str, Any]:
    """Confirm that the service is there."""
    return {"message": "Backend API is live", "name": settings().service.name}


@blueprint.get("/healthz", access=Access.PUBLIC, needs_database=False, logs_success=False)
@blueprint.response(200, StatusSchema)
def alive() -> dict[str, Any]:
    """Answer without asking the database: the process is alive."""
    return {"status": "alive"}


@blueprint.get("/readyz", access=Access.PUBLIC, needs_database=False, logs_success=False)
@blueprint.response(200, StatusSchema)
@blueprint.fails(503)
def ready() -> dict[str, Any]:
    """Answer 200 only when the database is prepared and answers now."""
    services().readiness.check()
    return {"status": "ready"}
