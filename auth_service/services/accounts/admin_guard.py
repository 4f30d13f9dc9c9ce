"""Keeps an admin who is not suspended: a guard document serialises transactions that could remove the last one."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.documents.guard import ADMINS, Guard
from auth_service.documents.user import ADMIN, User
from auth_service.errors import Forbidden, LastAdmin

ACTIVE = {"role": ADMIN, "suspended": None}  # the admins who can act


def enter(transaction: ClientSession) -> None:
    """Make `transaction` conflict with every other that enters, so that its later reads of admins stay valid."""
    Guard._get_collection().update_one({"_id": ADMINS}, {"$inc": {"writes": 1}}, upsert=True, session=transaction)


def enter_as(actor: ObjectId | None, running: ClientSession) -> None:
    """Enter the guard; an actor must be an admin at this moment.

    Raises:
        Forbidden: the actor is not an admin.
    """
    enter(running)
    if actor is not None:
        require_admin(actor, running)


def require_admin(user_id: ObjectId, transaction: ClientSession) -> None:
    """Return when the user is an admin, and not suspended, at this moment.

    Raises:
        Forbidden: they are not.
    """
    if not User._get_collection().find_one({"_id": user_id, **ACTIVE}, {"_id": 1}, session=transaction):
        raise Forbidden


def require_another_admin(user_id: ObjectId, transaction: ClientSession) -> None:
    """Return when there is an admin who is not suspended besides `user_id`.

    Raises:
        LastAdmin: there is none.
    """
    others = {**ACTIVE, "_id": {"$ne": user_id}}
    if not User._get_collection().find_one(others, {"_id": 1}, session=transaction):
        raise LastAdmin
