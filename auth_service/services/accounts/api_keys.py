"""Gives API keys to accounts."""

from collections.abc import Callable
from datetime import timedelta

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.errors import AccountSuspended, TooManyKeys
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import by_id
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices, origin_of
from auth_service.services.origin.client import OPERATOR, Client
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.keys import NewKey, SessionKeys

BY_USER, BY_ADMIN, BY_OPERATOR = "user", "admin", "operator"


class APIKeys:
    """Creates API keys. `actor_id` is the admin who requests it for another user, `None` the user or the operator."""

    def __init__(self, *, keys: SessionKeys, access: SessionAccess, notices: Notices, audit: Audit) -> None:
        self._keys = keys
        self._access = access
        self._notices = notices
        self._audit = audit

    def create(
        self,
        *,
        user_id: str,
        name: str,
        lifetime: timedelta,
        client: Client,
        actor_id: str | None = None,
        principal: Principal | None = None,
    ) -> NewKey:
        """Create a key of a user, with the role that the user has whenever it is used.

        The session of the caller, `principal`, must still be active then: a key must not outlive what ended it.

        Raises:
            InvalidId: the id is not valid.
            UserNotFound: no user has it.
            AccountSuspended: the account is suspended.
            TooManyKeys: the user has `MOST_KEYS` active ones.
            Forbidden: the actor is not an admin any more.
            SessionEnded: the caller's session ended meanwhile.
            DatabaseUnavailable: the account kept changing.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def require_allowed(running: ClientSession) -> None:
            if principal is not None:
                owner, session_id = principal.user_id, principal.session_id
                self._access.touch(session_id=session_id, user_id=owner, transaction=running)
            if actor is not None:
                admin_guard.require_admin(actor, running)

        by = _maker(target, actor, client)
        key = until_unchanged(lambda: self._create(target, name, lifetime, client, by=by, allowed=require_allowed))
        self._audit.record(EventType.KEY_CREATED, user_id=target, actor_id=actor, session_id=key.session["sessionId"])
        return key

    def _create(
        self,
        user_id: ObjectId,
        name: str,
        lifetime: timedelta,
        client: Client,
        *,
        by: str,
        allowed: Callable[[ClientSession], None],
    ) -> NewKey:
        user = by_id(user_id)
        if "suspended" in user:
            raise AccountSuspended
        key = self._keys.draft(user=user, name=name, lifetime=lifetime, client=client)
        origin = origin_of(key.session) if by == BY_USER else UNTOLD

        def work(running: ClientSession) -> bool:
            allowed(running)
            update_unchanged(user, {}, transaction=running)
            if not self._keys.admit(key, transaction=running):
                return False
            self._notices.put(Kind.KEY_CREATED, user_id=user_id, origin=origin, transaction=running, name=name, by=by)
            return True

        if not transaction(work):
            raise TooManyKeys
        return key


def _maker(user_id: ObjectId, actor: ObjectId | None, client: Client) -> str:
    """Who makes a key, as its notice says it."""
    if client is OPERATOR:
        return BY_OPERATOR
    return BY_USER if actor in (None, user_id) else BY_ADMIN
