"""Seeing sessions and ending them: one's own, and for admins anybody's."""

from typing import Any

from flask import Response, jsonify
from marshmallow import EXCLUDE

from auth_service.api.sessions.schemas import (
    EndAllQuerySchema,
    EndedAnswerSchema,
    HistoryAnswerSchema,
    KeysAnswerSchema,
    ListQuerySchema,
    OwnListQuerySchema,
    PageQuerySchema,
    SessionsAnswerSchema,
)
from auth_service.documents.session import KEY, EndReason
from auth_service.services.sessions.active import ALL, KEYS, LOGINS, Scope
from auth_service.web import page_cursors
from auth_service.web.access import cookies
from auth_service.web.access.permissions import is_own
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import principal, services
from auth_service.web.endpoint_policy import Access
from auth_service.web.schemas.message import MessageSchema

blueprint = Blueprint("sessions", __name__, description="Where people are logged in")


@blueprint.get("/sessions", access=Access.USER)
@blueprint.arguments(OwnListQuerySchema, location="query", unknown=EXCLUDE)
@blueprint.response(200, SessionsAnswerSchema)
@blueprint.fails(400)
def mine(query: dict[str, Any]) -> Response:
    """The caller's active sessions, the last seen first; of more than 100, the last opened ones first.

    With `?kind=key`, their API keys.
    """
    return _active(query, user_id=principal().user_id)


@blueprint.get("/sessions/history", access=Access.USER)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, HistoryAnswerSchema)
@blueprint.fails(400)
def history(query: dict[str, Any]) -> dict[str, Any]:
    """The caller's ended sessions and why they ended, newest first, 50 a page."""
    after = page_cursors.decode(query["cursor"])
    page = services().session_lists.history(user_id=principal().user_id, after=after)
    cursor = page_cursors.encode(page.end)
    return {"message": "Session history fetched successfully", "sessions": page.items, "cursor": cursor}


@blueprint.delete("/sessions/<session_id>", access=Access.USER)
@blueprint.response(200, MessageSchema)
@blueprint.fails(404)
def end(session_id: str) -> Response:
    """End one of the caller's active sessions."""
    services().session_lists.end(user_id=principal().user_id, session_id=session_id)
    return _ended({"message": "Session ended"}, own=session_id == principal().session_id)


@blueprint.delete("/sessions", access=Access.USER)
@blueprint.arguments(EndAllQuerySchema, location="query")
@blueprint.response(200, EndedAnswerSchema)
@blueprint.fails(400)
def end_all(query: dict[str, Any]) -> Response:
    """End all other sessions of the caller; with `?all=true` the caller's own too."""
    own = query["all"]
    ended = services().session_lists.end_all(
        user_id=principal().user_id,
        reason=EndReason.REVOKED_BY_USER,
        scope=ALL if own else Scope(sparing=principal().session_id),
    )
    return _ended({"message": "Sessions ended", "ended": ended}, own=own)


@blueprint.get("/users/<user_id>/sessions", access=Access.ADMIN)
@blueprint.arguments(ListQuerySchema, location="query", unknown=EXCLUDE)
@blueprint.response(200, SessionsAnswerSchema)
@blueprint.fails(400, 404)
def of_user(query: dict[str, Any], user_id: str) -> Response:
    """A user's active sessions, the last seen first; of more than 100, the last opened ones first.

    With `?kind=key`, their API keys.
    """
    services().directory.read(user_id=user_id)  # whether there is such a user
    return _active(query, user_id=user_id)


@blueprint.delete("/users/<user_id>/sessions", access=Access.ADMIN)
@blueprint.response(200, EndedAnswerSchema)
@blueprint.fails(400, 404)
def end_of_user(user_id: str) -> Response:
    """End all sessions of a user."""
    services().directory.read(user_id=user_id)  # whether there is such a user
    ended = services().session_lists.end_all(
        user_id=user_id, reason=EndReason.REVOKED_BY_ADMIN, actor_id=principal().user_id
    )
    return _ended({"message": "Sessions ended", "ended": ended}, own=is_own(user_id))


def _active(query: dict[str, Any], *, user_id: str) -> Response:
    """A page of active sessions; the answer to a request without a cursor has one only where there is a next page."""
    cursor, keys = query["cursor"], query["kind"] == KEY
    after, scope = page_cursors.decode(cursor), KEYS if keys else LOGINS
    page = services().session_lists.active(user_id=user_id, after=after, scope=scope)
    answer: dict[str, Any] = {"message": "Sessions fetched successfully", "sessions": page.items}
    if cursor is not None or page.end is not None:
        answer["cursor"] = page_cursors.encode(page.end)
    if query.get("places"):
        answer["places"] = {each["sessionId"]: each["coordinates"] for each in page.items if each.get("coordinates")}
    return jsonify((KeysAnswerSchema if keys else SessionsAnswerSchema)().dump(answer))


def _ended(body: dict[str, Any], *, own: bool) -> Response:
    """The answer to an ending; when the caller's own session ended, the cookie goes with it."""
    response = jsonify(body)
    if own:
        cookies.clear_refresh_token(response)
    return response
