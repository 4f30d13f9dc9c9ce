"""Changes the role of an account, in the account and all its active sessions, in one transaction.

The transaction writes the sessions first, because every request touches them. `authVersion` rises, so that a login
whose password was checked before the change cannot open a session after it.
"""

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.session import Session
from auth_service.documents.user import ADMIN, ROLES, User
from auth_service.errors import InvalidRole
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import found, read_in
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.settings.sessions import SessionSettings


class Roles:
    """Changes roles."""

    def __init__(self, *, clock: Clock, audit: Audit, sessions: SessionSettings) -> None:
        self._clock = clock
        self._audit = audit
        self._sessions = sessions

    def change_role(self, *, user_id: str, role: str, actor_id: str | None = None) -> UserRecord:
        """Give a user another role. `actor_id` is the admin who requests it, `None` the operator.

        Raises:
            InvalidId, InvalidRole: the id or the role is not valid.
            UserNotFound: no user has the id.
            Forbidden: the actor is not an admin any more.
            LastAdmin: it would demote the last admin.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None
        if role not in ROLES:
            raise InvalidRole

        def work(running: ClientSession) -> UserRecord:
            self._write_to_sessions(target, role, running)
            admin_guard.enter_as(actor, running)
            user = read_in(running, target)
            if user["role"] == ADMIN and role != ADMIN:
                admin_guard.require_another_admin(target, running)
            return user if user["role"] == role else self._store_role(target, role, running)

        user = transaction(work)
        self._audit.record(EventType.ROLE_CHANGED, user_id=target, actor_id=actor, reason=role)
        return user

    def _store_role(self, user_id: ObjectId, role: str, running: ClientSession) -> UserRecord:
        return found(
            User._get_collection().find_one_and_update(
                {"_id": user_id},
                {"$set": {"role": role, "updatedAt": self._clock.now()}, "$inc": {"authVersion": 1}},
                return_document=ReturnDocument.AFTER,
                session=running,
            )
        )

    def _write_to_sessions(self, user_id: ObjectId, role: str, running: ClientSession) -> None:
        """Write a user's role into their active sessions, and bound a new admin's by the lifetime that admins have."""
        now = self._clock.now()
        latest = now + self._sessions.absolute_lifetime_of(admin=True)
        limit = {"$min": {"absoluteExpiresAt": latest}} if role == ADMIN else {}
        Session._get_collection().update_many(
            {"userId": user_id, **Session.active(now)}, {"$set": {"role": role}, **limit}, session=running
        )
