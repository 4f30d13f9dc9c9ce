"""Changes the role of an account, and then of its active sessions; neither their number nor their use can prevent it.

Rights fall early and rise late: a demotion writes the sessions before the account, a promotion after it. `authVersion`
rises, so that a login whose password was checked before the change cannot open a session after it. The sessions follow
in small transactions that hold only while the account has the version they were decided on, so of two changes the later
one decides. If the process dies in between, the same call again completes the change.
"""

from collections.abc import Sequence
from contextlib import suppress

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.session import KEY, Session
from auth_service.documents.user import ADMIN, ROLES, User
from auth_service.errors import InvalidRole, ServiceError
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import found, read_in
from auth_service.services.accounts.versions import AccountChanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.active import BATCH, NEEDED, active_batches, is_active, unended
from auth_service.settings.sessions import SessionSettings

NEEDED_FOR_ROLES = {**NEEDED, "role": 1}


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

        def require_allowed(running: ClientSession) -> UserRecord:
            admin_guard.enter_as(actor, running)
            user = read_in(running, target)
            if user["role"] == ADMIN and role != ADMIN:
                admin_guard.require_another_admin(target, running)
            return user

        def work(running: ClientSession) -> UserRecord:
            user = require_allowed(running)
            return user if user["role"] == role else self._store_role(target, role, running)

        if role != ADMIN:
            transaction(require_allowed)
            self._demote_sessions(target, role)
        try:
            user = transaction(work)
        except ServiceError:
            self._restore(target)
            raise
        self._follow(user)
        self._audit.record(EventType.ROLE_CHANGED, user_id=target, actor_id=actor, reason=role)
        return user

    def _demote_sessions(self, user_id: ObjectId, role: str) -> None:
        """Write `role` into the active sessions of a user, those in use before the others."""
        for batch in active_batches(user_id, now=self._clock.now()):
            self._write_role(batch, role)

    def _follow(self, user: UserRecord) -> None:
        """Write the role of the account into its sessions, until all have it or the account changes again."""
        last: ObjectId | None = None

        def work(running: ClientSession) -> ObjectId | None:
            read = unended(user["_id"], limit=BATCH, before=last, fields=NEEDED_FOR_ROLES, transaction=running)
            now = self._clock.now()
            others = [each["sessionId"] for each in read if each["role"] != user["role"] and is_active(each, now)]
            if others:
                self._write_role(others, user["role"], running)
                update_unchanged(user, {}, transaction=running)
            return read[-1]["_id"] if len(read) == BATCH else None

        with suppress(AccountChanged):
            while last := transaction(work):
                pass

    def _restore(self, user_id: ObjectId) -> None:
        """After a refused demotion, give the sessions the role of the account again."""
        if user := User._get_collection().find_one({"_id": user_id}):
            self._follow(user)

    def _store_role(self, user_id: ObjectId, role: str, running: ClientSession) -> UserRecord:
        return found(
            User._get_collection().find_one_and_update(
                {"_id": user_id},
                {"$set": {"role": role, "updatedAt": self._clock.now()}, "$inc": {"authVersion": 1}},
                return_document=ReturnDocument.AFTER,
                session=running,
            )
        )

    def _write_role(self, session_ids: Sequence[str], role: str, running: ClientSession | None = None) -> None:
        """Write `role` into sessions; a new admin's, but for API keys, are bounded by the lifetime that admins have."""
        latest = self._clock.now() + self._sessions.absolute_lifetime_of(admin=True)
        end = "$absoluteExpiresAt"
        limit = {"absoluteExpiresAt": {"$cond": [{"$eq": ["$kind", KEY]}, end, {"$min": [end, latest]}]}}
        change = {"role": role, **(limit if role == ADMIN else {})}
        condition = {"sessionId": {"$in": session_ids}, "role": {"$ne": role}}
        Session._get_collection().update_many(condition, [{"$set": change}], session=running)
