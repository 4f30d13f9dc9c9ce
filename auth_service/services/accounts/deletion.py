"""Deletes an account with all its sessions and tokens, in one transaction."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import ADMIN, User
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import read_in
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.active import active_ids


class Deletion:
    """Deletes accounts."""

    def __init__(self, *, clock: Clock, audit: Audit) -> None:
        self._clock = clock
        self._audit = audit

    def delete(self, *, user_id: str, actor_id: str) -> UserRecord:
        """Delete a user and everything of theirs except the audit trail, and return the deleted record.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            Forbidden: the actor deletes another user and is not an admin any more.
            LastAdmin: the user is the last admin.
        """
        target, actor = object_id(user_id), object_id(actor_id)

        def work(running: ClientSession) -> tuple[UserRecord, list[str]]:
            ended = self._delete_sessions(target, running)
            user = read_in(running, target)
            if user["role"] == ADMIN or actor != target:
                admin_guard.enter_as(actor if actor != target else None, running)
            if user["role"] == ADMIN:
                admin_guard.require_another_admin(target, running)
            User._get_collection().delete_one({"_id": target}, session=running)
            return user, ended

        user, ended = transaction(work)
        self._audit.record(EventType.USER_DELETED, user_id=target, actor_id=actor)
        self._audit.record_ended(ended, user_id=target, reason=EndReason.USER_DELETED, actor_id=actor)
        return user

    def _delete_sessions(self, user_id: ObjectId, running: ClientSession) -> list[str]:
        """Delete a user's sessions and tokens; the ids of the sessions that were active."""
        active = active_ids(user_id, now=self._clock.now(), transaction=running)
        Session._get_collection().delete_many({"userId": user_id}, session=running)
        return active
