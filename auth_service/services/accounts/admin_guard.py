"""Keeps at least one admin: every transaction that could take the last one away passes here, one at a time."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.documents.guard import ADMINS, Guard
from auth_service.documents.user import ADMIN, User
from auth_service.errors import Forbidden, LastAdmin


def enter(transaction: ClientSession) -> None:
    """Make `transaction` conflict with every other that enters; what it reads afterwards about admins is true."""
    Guard._get_collection().update_one({"_id": ADMINS}, {"$inc": {"writes": 1}}, upsert=True, session=transaction)


def require_admin(user_id: ObjectId, transaction: ClientSession) -> None:
    """Return when the user is an admin at this moment.

    Raises:
        Forbidden: not, or not any more.
    """
    if not User._get_collection().find_one({"_id": user_id, "role": ADMIN}, {"_id": 1}, session=transaction):
        raise Forbidden


def require_another_admin(user_id: ObjectId, transaction: ClientSession) -> None:
    """Return when somebody besides `user_id` is an admin.

    Raises:
        LastAdmin: nobody is.
    """
    others = {"role": ADMIN, "_id": {"$ne": user_id}}
    if not User._get_collection().find_one(others, {"_id": 1}, session=transaction):
        raise LastAdmin


def enter_as(actor: ObjectId | None, running: ClientSession) -> None:
    """Pass the guard; an actor must be an admin at this moment."""
    enter(running)
    if actor is not None:
        require_admin(actor, running)
