"""Deletes an account with everything that belongs to it, in one transaction: all or nothing."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import ADMIN, User
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import read_in
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit


class Deletion:
    """Deletes accounts."""

    def __init__(self, *, clock: Clock, audit: Audit) -> None:
        self._clock = clock
        self._audit = audit

    def delete(self, *, user_id: str, actor_id: str) -> User:
        """Delete a user and all that belongs to them but the audit trail, and return who it was.

        Raises:
            InvalidId: it is none.
            UserNotFound: nobody has the id.
            Forbidden: the actor deletes somebody else and is no admin any more.
            LastAdmin: it is the last one.
        """
        target, actor = object_id(user_id), object_id(actor_id)

        def work(running: ClientSession) -> tuple[User, list[str]]:
            living = self._delete_sessions(target, running)
            user = read_in(running, target)
            if user.role == ADMIN or actor != target:
                admin_guard.enter_as(actor if actor != target else None, running)
            if user.role == ADMIN:
                admin_guard.require_another_admin(target, running)
            User._get_collection().delete_one({"_id": target}, session=running)
            return user, living

        user, living = transaction(work)
        self._audit.record(EventType.USER_DELETED, user_id=target, actor_id=actor)
        self._audit.record_ended(living, user_id=target, reason=EndReason.USER_DELETED, actor_id=actor)
        return user

    def _delete_sessions(self, user_id: ObjectId, running: ClientSession) -> list[str]:
        """Delete a user's sessions and tokens; the ids of those sessions that were living."""
        sessions = Session._get_collection()
        condition = {"userId": user_id, **Session.active(self._clock.now())}
        living = [record["sessionId"] for record in sessions.find(condition, {"sessionId": 1}, session=running)]
        sessions.delete_many({"userId": user_id}, session=running)
        RefreshToken._get_collection().delete_many({"userId": user_id}, session=running)
        return living
