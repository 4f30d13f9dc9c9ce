"""One's own account."""

from typing import Any

from flask import Response, jsonify, stream_with_context, url_for

from auth_service.api.profile.schemas import (
    CodeSchema,
    EmailChangeSchema,
    NewTokensAnswerSchema,
    PasswordChangeSchema,
    ProfileAnswerSchema,
    SecurityAnswerSchema,
)
from auth_service.services.protection.rate_limits import Limit
from auth_service.web.access.tokens import with_tokens
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import client, principal, services
from auth_service.web.endpoint_policy import Access, Feature
from auth_service.web.schemas.api_key import NewKeyAnswerSchema, NewKeySchema
from auth_service.web.schemas.export import JSON_SCHEMA, written
from auth_service.web.schemas.message import MessageSchema

blueprint = Blueprint("profile", __name__, url_prefix="/profile", description="One's own account")


@blueprint.get("", access=Access.USER, owing=True)
@blueprint.response(200, ProfileAnswerSchema)
def read() -> dict[str, Any]:
    """The caller and the session they call with."""
    user = services().directory.read(user_id=principal().user_id)
    return {"message": "Profile fetched", "user": user, "session": principal().session}


@blueprint.get("/security", access=Access.USER, keys=False, owing=True)
@blueprint.response(200, SecurityAnswerSchema)
@blueprint.fails(403)
def read_security() -> dict[str, Any]:
    """How the caller's account is protected, and until when this session is fresh; beside what the profile says."""
    user, security = services().account_security.summarise(principal())
    return {"message": "Security fetched", "user": user, "session": principal().session, "security": security}


@blueprint.post("/password", access=Access.USER, keys=False, limit=Limit.PASSWORD, takes_body=True)
@blueprint.arguments(PasswordChangeSchema)
@blueprint.response(200, NewTokensAnswerSchema)
@blueprint.fails(400, 403, 415, 429)
def change_password(body: dict[str, Any]) -> Response:
    """Set another password: ends all other sessions, and gives this one new tokens."""
    grant = services().password_changes.change(
        principal=principal(), current=body["current_password"], new=body["new_password"], keep_keys=body["keep_keys"]
    )
    return with_tokens(grant, message="Password changed")


@blueprint.post("/keys", access=Access.USER, keys=False, fresh=True, takes_body=True)
@blueprint.arguments(NewKeySchema)
@blueprint.response(201, NewKeyAnswerSchema)
@blueprint.fails(400, 403, 409, 415)
def create_key(body: dict[str, Any]) -> dict[str, Any]:
    """Create an API key of one's own; its secret is shown once."""
    key = services().api_keys.create(
        user_id=principal().user_id,
        name=body["name"],
        lifetime=body["expires_in"],
        client=client(),
        principal=principal(),
    )
    return {"message": "Key created", "key": key.session, "secret": key.secret}


@blueprint.get("/export", access=Access.USER, keys=False, fresh=True, limit=Limit.EXPORT)
@blueprint.response(200, {"type": "object"})
@blueprint.fails(403, 429)
def export() -> Response:
    """Everything that is stored about the caller, as a file; five times a day. Its schema is the next call."""
    exported = services().exports.export(user_id=principal().user_id)
    pieces = written(exported, at=services().clock.now(), schema=url_for("profile.export_schema"))
    headers = {"Content-Disposition": 'attachment; filename="account.json"'}
    return Response(stream_with_context(pieces), mimetype="application/json", headers=headers)


@blueprint.get("/export/schema", access=Access.PUBLIC, needs_database=False)
@blueprint.response(200, {"type": "object"})
def export_schema() -> Response:
    """The JSON Schema of an export."""
    return jsonify(JSON_SCHEMA)


@blueprint.post("/email/verification", access=Access.USER, keys=False, limit=Limit.PASSWORD, feature=Feature.MAIL)
@blueprint.response(202, MessageSchema)
@blueprint.fails(403, 404, 409, 429)
def send_verification() -> dict[str, str]:
    """Mail a code to the address of the account, which proves that its user receives mail there."""
    services().email_verification.send(principal=principal())
    return {"message": "Code sent"}


@blueprint.post("/email/verification/confirm", access=Access.USER, keys=False, feature=Feature.MAIL, takes_body=True)
@blueprint.arguments(CodeSchema)
@blueprint.response(200, MessageSchema)
@blueprint.fails(400, 403, 404, 415)
def verify_email(body: dict[str, Any]) -> dict[str, str]:
    """Verify the address by the code that was mailed there; the session that asked for it takes it, no other."""
    services().email_verification.confirm(principal=principal(), code=body["code"])
    return {"message": "E-mail address verified"}


@blueprint.post(
    "/email", access=Access.USER, keys=False, fresh=True, limit=Limit.PASSWORD, feature=Feature.MAIL, takes_body=True
)
@blueprint.arguments(EmailChangeSchema)
@blueprint.response(202, MessageSchema)
@blueprint.fails(400, 403, 404, 415, 429)
def send_email_change(body: dict[str, Any]) -> dict[str, str]:
    """Mail a code to another address; the answer is the same where that is taken, and no code goes there."""
    services().email_changes.send(principal=principal(), new=body["new_email"])
    return {"message": "Code sent"}


@blueprint.post("/email/confirm", access=Access.USER, keys=False, feature=Feature.MAIL, takes_body=True)
@blueprint.arguments(CodeSchema)
@blueprint.response(200, NewTokensAnswerSchema)
@blueprint.fails(400, 403, 404, 415)
def change_email(body: dict[str, Any]) -> Response:
    """Change the address by the code that was mailed there: ends all other sessions, and gives this one new tokens."""
    grant = services().email_changes.confirm(principal=principal(), code=body["code"])
    return with_tokens(grant, message="E-mail address changed")
