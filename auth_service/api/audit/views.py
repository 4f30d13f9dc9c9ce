"""What happened: everything for admins, one's own for everybody."""

from typing import Any

from auth_service.api.audit.schemas import AuditAnswerSchema, AuditQuerySchema, OwnAuditQuerySchema
from auth_service.database.ids import object_id
from auth_service.web import page_cursors
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import principal, services
from auth_service.web.endpoint_policy import Access

blueprint = Blueprint("audit", __name__, description="What happened")


@blueprint.get("/audit", access=Access.ADMIN)
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, AuditAnswerSchema)
@blueprint.fails(400)
def page(query: dict[str, Any]) -> dict[str, Any]:
    """A page of the audit trail, newest first, by user, type and time."""
    user = query.pop("user")
    return _page(query, user_id=None if user is None else object_id(user))


@blueprint.get("/profile/audit", access=Access.USER)
@blueprint.arguments(OwnAuditQuerySchema, location="query")
@blueprint.response(200, AuditAnswerSchema)
@blueprint.fails(400)
def mine(query: dict[str, Any]) -> dict[str, Any]:
    """A page of what happened to the caller's account, newest first."""
    return _page(query, user_id=object_id(principal().user_id))


def _page(query: dict[str, Any], **conditions: Any) -> dict[str, Any]:
    after, events = page_cursors.decode(query.pop("cursor")), query.pop("type")
    found = services().audit.page(after=after, events=events, **query, **conditions)
    return {
        "message": "Audit events fetched successfully",
        "events": found.items,
        "cursor": page_cursors.encode(found.end),
    }
