"""One's own account."""

from typing import Any

from flask import Response

from auth_service.api.profile.schemas import PasswordAnswerSchema, PasswordChangeSchema, ProfileAnswerSchema
from auth_service.services.protection.rate_limits import Limit
from auth_service.web.access.tokens import with_tokens
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import principal, services
from auth_service.web.endpoint_policy import Access

blueprint = Blueprint("profile", __name__, url_prefix="/profile", description="One's own account")


@blueprint.get("", access=Access.USER)
@blueprint.response(200, ProfileAnswerSchema)
def read() -> dict[str, Any]:
    """The caller and the session they call with."""
    user = services().directory.read(user_id=principal().user_id)
    return {"message": "Profile fetched", "user": user, "session": principal().session}


@blueprint.post("/password", access=Access.USER, limit=Limit.PASSWORD, takes_body=True)
@blueprint.arguments(PasswordChangeSchema)
@blueprint.response(200, PasswordAnswerSchema)
@blueprint.fails(400, 403, 415, 429)
def change_password(body: dict[str, Any]) -> Response:
    """Set another password: ends all other sessions, and gives this one new tokens."""
    grant = services().password_changes.change(
        principal=principal(), current=body["current_password"], new=body["new_password"]
    )
    return with_tokens(grant, message="Password changed")
