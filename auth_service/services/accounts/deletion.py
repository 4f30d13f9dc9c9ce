"""Deletes an account with all its sessions.

Active sessions go first, in batches, those in use before the others, so no session ever outlives its account and
neither their number nor requests that touch them can stop the deletion. The transaction then deletes the account and
what was opened since. Last go the ended sessions; if the process dies before that, the TTL index removes them at their
`purgeAt`. If it dies earlier, the account is still there and can be deleted again.
"""

from collections.abc import Sequence

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
from auth_service.services.codes.codes import Codes
from auth_service.services.sessions.active import BATCH, active_batches, opened_meanwhile


class Deletion:
    """Deletes accounts."""

    def __init__(self, *, clock: Clock, codes: Codes, audit: Audit) -> None:
        self._clock = clock
        self._codes = codes
        self._audit = audit

    def delete(self, *, user_id: str, actor_id: str | None = None) -> UserRecord:
        """Delete a user and everything of theirs except the audit trail, and return the deleted record.

        `actor_id` is the user, or the admin, who requests it, `None` the operator.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            Forbidden: the actor deletes another user and is not an admin any more.
            LastAdmin: the user is the last admin.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def require_allowed(running: ClientSession) -> UserRecord:
            user = read_in(running, target)
            if user["role"] == ADMIN or actor != target:
                admin_guard.enter_as(actor if actor != target else None, running)
            if user["role"] == ADMIN:
                admin_guard.require_another_admin(target, running)
            return user

        def work(running: ClientSession) -> tuple[UserRecord, list[str]]:
            rest = self._delete_opened(target, running)
            user = require_allowed(running)
            self._codes.forget(target, transaction=running)
            User._get_collection().delete_one({"_id": target}, session=running)
            return user, rest

        transaction(require_allowed)
        self._delete_active(target, actor)
        user, rest = transaction(work)
        self._audit.record(EventType.USER_DELETED, user_id=target, actor_id=actor)
        self._record_ended(rest, target, actor)
        _delete_ended(target)
        return user

    def _delete_active(self, user_id: ObjectId, actor: ObjectId | None) -> None:
        for batch in active_batches(user_id, now=self._clock.now()):
            _delete_sessions(batch)
            self._record_ended(batch, user_id, actor)

    def _delete_opened(self, user_id: ObjectId, running: ClientSession) -> list[str]:
        """Delete the active sessions that were opened since `_delete_active`; their ids."""
        rest = opened_meanwhile(user_id, now=self._clock.now(), transaction=running)
        if rest:
            _delete_sessions(rest, running)
        return rest

    def _record_ended(self, session_ids: Sequence[str], user_id: ObjectId, actor: ObjectId | None) -> None:
        self._audit.record_ended(session_ids, user_id=user_id, reason=EndReason.USER_DELETED, actor_id=actor)


def _delete_sessions(session_ids: Sequence[str], running: ClientSession | None = None) -> None:
    Session._get_collection().delete_many({"sessionId": {"$in": session_ids}}, session=running)


def _delete_ended(user_id: ObjectId) -> None:
    """Delete the sessions of a user who is gone, in batches."""
    sessions = Session._get_collection()
    while batch := [each["_id"] for each in sessions.find({"userId": user_id}, {"_id": 1}).limit(BATCH)]:
        sessions.delete_many({"_id": {"$in": batch}})
