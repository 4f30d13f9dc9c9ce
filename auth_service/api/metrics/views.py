"""The metrics of the service for Prometheus, and a few of them for admins."""

from typing import Any

from flask import Response

from auth_service.api.metrics.schemas import FiguresAnswerSchema
from auth_service.monitoring.exposition import CONTENT_TYPE
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import services
from auth_service.web.endpoint_policy import Access
from auth_service.web.openapi import METRICS_TOKEN

blueprint = Blueprint("metrics", __name__, description="Figures about the service")


@blueprint.get("/metrics", access=Access.PUBLIC, needs_database=False, logs_success=False)
@blueprint.doc(security=[METRICS_TOKEN])
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.fails(401, 404)
def exposition() -> Response:
    """The metrics of all workers; 404 unless `METRICS_TOKEN` is set, or on the port of `METRICS_BIND`."""
    return Response(services().exposition.text(), content_type=CONTENT_TYPE)


@blueprint.get("/figures", access=Access.ADMIN)
@blueprint.response(200, FiguresAnswerSchema)
def figures() -> dict[str, Any]:
    """How many sessions are active, and how many mails wait."""
    return {"message": "Figures fetched", "figures": services().figures.now()}
