"""Other people's accounts, and deleting one's own."""

from typing import Any

from flask import Response, jsonify

from auth_service.api.users.schemas import (
    InvitationAnswerSchema,
    NewUserAnswerSchema,
    NewUserSchema,
    SuspensionSchema,
    UsersAnswerSchema,
    UsersQuerySchema,
)
from auth_service.database.ids import object_id
from auth_service.documents.user import ADMIN
from auth_service.services.accounts.directory import Wanted
from auth_service.services.audit.events import EventType
from auth_service.services.codes.codes import IssuedCode
from auth_service.web import page_cursors
from auth_service.web.access import cookies
from auth_service.web.access.permissions import is_own, refuse_keys, require_confirmed
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import client, principal, services
from auth_service.web.endpoint_policy import Access, Feature
from auth_service.web.schemas.api_key import NewKeyAnswerSchema, NewKeySchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.user import UserAnswerSchema, UserSchema

blueprint = Blueprint("users", __name__, url_prefix="/users", description="Accounts")


@blueprint.get("", access=Access.ADMIN)
@blueprint.arguments(UsersQuerySchema, location="query")
@blueprint.response(200, UsersAnswerSchema)
@blueprint.fails(400)
def page(query: dict[str, Any]) -> dict[str, Any]:
    """A page of users, newest first; with a `prefix` of their e-mail addresses, by these. One filter at a time."""
    wanted = Wanted(**{name: query[name] for name in ("email", "prefix", "role", "suspended")})
    decode = page_cursors.decode if wanted.prefix is None else page_cursors.decode_text
    found = services().directory.page(wanted, limit=query["limit"], after=decode(query["cursor"]))
    return {
        "message": "Users fetched successfully",
        "users": found.items,
        "cursor": page_cursors.encode(found.end),
    }


@blueprint.post("", access=Access.ADMIN, takes_body=True)
@blueprint.arguments(NewUserSchema)
@blueprint.response(201, NewUserAnswerSchema)
@blueprint.fails(400, 409, 415)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """Create an account; without a password in the body, invite its user."""
    email, role, actor_id = body["email"], body["role"], principal().user_id
    if role == ADMIN:
        require_confirmed()
    if body["password"] is None:
        user, invitation = services().invitations.invite(email=email, role=role, actor_id=actor_id)
        return {"message": "User created", "user": user, "invitation": _shown(invitation)}
    user = services().creation.create(
        email=email,
        password=body["password"],
        role=role,
        event=EventType.USER_CREATED,
        actor_id=object_id(actor_id),
    )
    return {"message": "User created", "user": user}


@blueprint.post("/<user_id>/invitation", access=Access.ADMIN, dangerous=True)
@blueprint.response(201, InvitationAnswerSchema)
@blueprint.fails(400, 404, 409)
def invite(user_id: str) -> dict[str, Any]:
    """Issue another invitation for an account that has no password yet; earlier ones are void."""
    invitation = services().invitations.renew(user_id=user_id, actor_id=principal().user_id)
    return {"message": "Invitation renewed", "invitation": _shown(invitation)}


@blueprint.get("/<user_id>", access=Access.OWNER_OR_ADMIN)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 404)
def read(user_id: str) -> dict[str, Any]:
    """One user."""
    user = services().directory.read(user_id=user_id)
    return {"message": "Your details fetched" if is_own(user_id) else "User details fetched", "user": user}


@blueprint.put("/<user_id>/<role>", access=Access.ADMIN, dangerous=True)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 404, 409)
def change_role(user_id: str, role: str) -> dict[str, Any]:
    """Give a user another role, in all their sessions at once."""
    user = services().roles.change_role(user_id=user_id, role=role, actor_id=principal().user_id)
    return {"message": "Role updated", "user": user}


@blueprint.post("/<user_id>/suspension", access=Access.ADMIN, takes_body=True)
@blueprint.arguments(SuspensionSchema, required=False)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 404, 409, 415)
def suspend(body: dict[str, Any], user_id: str) -> dict[str, Any]:
    """Suspend an account: all its sessions end, and nobody can log in to it."""
    user = services().suspension.suspend(user_id=user_id, reason=body["reason"], actor_id=principal().user_id)
    return {"message": "User suspended", "user": user}


@blueprint.delete("/<user_id>/suspension", access=Access.ADMIN)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 404)
def restore(user_id: str) -> dict[str, Any]:
    """Let the user of a suspended account log in again."""
    user = services().suspension.restore(user_id=user_id, actor_id=principal().user_id)
    return {"message": "User restored", "user": user}


@blueprint.post("/<user_id>/password-reset", access=Access.ADMIN, keys=False, fresh=True, feature=Feature.MAIL)
@blueprint.response(202, MessageSchema)
@blueprint.fails(400, 404)
def request_password_reset(user_id: str) -> dict[str, Any]:
    """Have a code mailed to a user by which they reset their password."""
    services().password_resets.ask_for(user_id=user_id, actor_id=principal().user_id)
    return {"message": "Code sent"}


@blueprint.post("/<user_id>/keys", access=Access.ADMIN, keys=False, fresh=True, takes_body=True)
@blueprint.arguments(NewKeySchema)
@blueprint.response(201, NewKeyAnswerSchema)
@blueprint.fails(400, 404, 409, 415)
def create_key(body: dict[str, Any], user_id: str) -> dict[str, Any]:
    """Create an API key of a user, such as the account of a program; its secret is shown once."""
    key = services().api_keys.create(
        user_id=user_id,
        name=body["name"],
        lifetime=body["expires_in"],
        client=client(),
        actor_id=principal().user_id,
        principal=principal(),
    )
    return {"message": "Key created", "key": key.session, "secret": key.secret}


@blueprint.delete("/<user_id>", access=Access.OWNER_OR_ADMIN, dangerous=True)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 404, 409)
def delete(user_id: str) -> Response:
    """Delete a user with their sessions and tokens, all or nothing."""
    if is_own(user_id):
        refuse_keys()
    user = services().deletion.delete(user_id=user_id, actor_id=principal().user_id)
    own = is_own(user_id)
    response = jsonify(message="Your account deleted" if own else "User deleted", user=UserSchema().dump(user))
    if own:
        cookies.clear_refresh_token(response)
    return response


def _shown(invitation: IssuedCode) -> dict[str, Any]:
    return {"code": invitation.code, "expiresAt": invitation.expires_at}
