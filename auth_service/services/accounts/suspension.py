"""Suspends accounts and restores them: nobody can use a suspended account, and nothing of it is lost.

Active sessions end in batches first, so neither their number nor requests that touch them can stop a suspension. The
transaction then suspends the account and ends the sessions that were opened since. `authVersion` rises, so that a login
whose password was checked before cannot open a session after it. A restored user logs in anew.
"""

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import SuspensionRecord, UserRecord
from auth_service.documents.session import EndReason
from auth_service.documents.user import ADMIN, User
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import found, read_in
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices
from auth_service.services.sessions.ending import SessionEnding

LONGEST_REASON = 200  # characters


class Suspension:
    """Suspends and restores accounts. `actor_id` is the admin who requests it, `None` the operator."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, notices: Notices, audit: Audit) -> None:
        self._clock = clock
        self._ending = ending
        self._notices = notices
        self._audit = audit

    def suspend(self, *, user_id: str, reason: str | None = None, actor_id: str | None = None) -> UserRecord:
        """Suspend an account and end all its sessions; `reason` is for admins. Idempotent: the first reason stays.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            Forbidden: the actor is not an admin any more.
            LastAdmin: the user is the last admin who is not suspended.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def require_allowed(running: ClientSession) -> UserRecord:
            admin_guard.enter_as(actor, running)
            user = read_in(running, target)
            if user["role"] == ADMIN:
                admin_guard.require_another_admin(target, running)
            return user

        def work(running: ClientSession) -> tuple[UserRecord, bool, list[str]]:
            rest = self._ending.end_rest(user_id=target, reason=EndReason.SUSPENDED, transaction=running)
            user = require_allowed(running)
            if "suspended" in user:
                return user, False, rest
            self._notices.put(Kind.ACCOUNT_SUSPENDED, user_id=target, origin=UNTOLD, transaction=running)
            return self._store(target, self._record(actor, reason), running), True, rest

        transaction(require_allowed)
        self._ending.end_all(user_id=target, reason=EndReason.SUSPENDED, actor_id=actor)
        user, changed, rest = transaction(work)
        if changed:
            self._audit.record(EventType.USER_SUSPENDED, user_id=target, actor_id=actor)
        self._audit.record_ended(rest, user_id=target, reason=EndReason.SUSPENDED, actor_id=actor)
        return user

    def restore(self, *, user_id: str, actor_id: str | None = None) -> UserRecord:
        """Let the user of a suspended account log in again. Idempotent.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            Forbidden: the actor is not an admin any more.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def work(running: ClientSession) -> tuple[UserRecord, bool]:
            admin_guard.enter_as(actor, running)
            user = read_in(running, target)
            if "suspended" not in user:
                return user, False
            return self._store(target, None, running), True

        user, changed = transaction(work)
        if changed:
            self._audit.record(EventType.USER_RESTORED, user_id=target, actor_id=actor)
        return user

    def _record(self, actor: ObjectId | None, reason: str | None) -> SuspensionRecord:
        record = SuspensionRecord(at=self._clock.now(), by=actor)
        return {**record, "reason": reason} if reason else record

    def _store(self, user_id: ObjectId, suspended: SuspensionRecord | None, running: ClientSession) -> UserRecord:
        """Write the suspension of an account, or with `None` remove it; no running login outlives either."""
        change = {"$set": {"suspended": suspended}} if suspended else {"$unset": {"suspended": 1}}
        fields = {"updatedAt": self._clock.now(), **change.pop("$set", {})}
        return found(
            User._get_collection().find_one_and_update(
                {"_id": user_id},
                {"$set": fields, "$inc": {"authVersion": 1}, **change},
                return_document=ReturnDocument.AFTER,
                session=running,
            )
        )
