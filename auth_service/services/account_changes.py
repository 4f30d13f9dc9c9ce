"""Changes of an account that its sessions must feel at once: role and deletion. Each is one transaction.

Sessions are touched first, because requests slide them all the time; each raises `authVersion` or takes the account
away, so that a login whose password was checked before cannot open a session after.
"""

from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.database import transaction
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import ADMIN, ROLES, User
from auth_service.errors import InvalidRole, UserNotFound
from auth_service.services import admin_guard
from auth_service.services.audit import Audit, EventType
from auth_service.services.clock import Clock
from auth_service.services.ids import object_id
from auth_service.services.sessions import Sessions


class AccountChanges:
    """Changes accounts together with their sessions."""

    def __init__(self, *, clock: Clock, sessions: Sessions, audit: Audit) -> None:
        self._clock = clock
        self._sessions = sessions
        self._audit = audit

    def change_role(self, *, user_id: str, role: str, actor_id: str | None = None) -> User:
        """Give a user another role, in all sessions at once. `actor_id` is the admin who asks, `None` the operator.

        Raises:
            InvalidId, InvalidRole: they are none.
            UserNotFound: nobody has the id.
            Forbidden: the actor is no admin any more.
            LastAdmin: it would demote the last one.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None
        if role not in ROLES:
            raise InvalidRole

        def work(running: ClientSession) -> User:
            self._sessions.change_role(user_id=target, role=role, transaction=running)
            _enter_as(actor, running)
            user = _read(target, running)
            if user.role == ADMIN and role != ADMIN:
                admin_guard.require_another_admin(target, running)
            return user if user.role == role else self._store_role(target, role, running)

        user = transaction(work)
        self._audit.record(EventType.ROLE_CHANGED, user_id=target, actor_id=actor, reason=role)
        return user

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
            user = _read(target, running)
            if user.role == ADMIN or actor != target:
                _enter_as(actor if actor != target else None, running)
            if user.role == ADMIN:
                admin_guard.require_another_admin(target, running)
            User._get_collection().delete_one({"_id": target}, session=running)
            return user, living

        user, living = transaction(work)
        self._audit.record(EventType.USER_DELETED, user_id=target, actor_id=actor)
        self._audit.record_ended(living, user_id=target, reason=EndReason.USER_DELETED, actor_id=actor)
        return user

    def _store_role(self, user_id: ObjectId, role: str, running: ClientSession) -> User:
        return _document(
            User._get_collection().find_one_and_update(
                {"_id": user_id},
                {"$set": {"role": role, "updatedAt": self._clock.now()}, "$inc": {"authVersion": 1}},
                return_document=ReturnDocument.AFTER,
                session=running,
            )
        )

    def _delete_sessions(self, user_id: ObjectId, running: ClientSession) -> list[str]:
        """Delete a user's sessions and tokens; the ids of those sessions that were living."""
        sessions = Session._get_collection()
        condition = {"userId": user_id, **Session.living(self._clock.now())}
        living = [record["sessionId"] for record in sessions.find(condition, {"sessionId": 1}, session=running)]
        sessions.delete_many({"userId": user_id}, session=running)
        RefreshToken._get_collection().delete_many({"userId": user_id}, session=running)
        return living


def _enter_as(actor: ObjectId | None, running: ClientSession) -> None:
    """Pass the guard; an actor must be an admin at this moment."""
    admin_guard.enter(running)
    if actor is not None:
        admin_guard.require_admin(actor, running)


def _read(user_id: ObjectId, running: ClientSession) -> User:
    return _document(User._get_collection().find_one({"_id": user_id}, session=running))


def _document(record: dict[str, Any] | None) -> User:
    if record is None:
        raise UserNotFound
    user: User = User._from_son(record)
    return user
