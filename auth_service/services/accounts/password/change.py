"""Changes the password of an account, which ends all its other sessions."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.session import EndReason
from auth_service.services.accounts.directory import by_id, read_caller
from auth_service.services.accounts.password.own import OwnPassword
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices, Origin, origin_of
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.active import ALL, Scope
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens.rotation import Grant, Rotation


class PasswordChanges:
    """Changes passwords, for the user who knows the current one and for the operator."""

    def __init__(
        self,
        *,
        clock: Clock,
        policy: PasswordPolicy,
        passwords: Passwords,
        access: SessionAccess,
        ending: SessionEnding,
        rotation: Rotation,
        own_password: OwnPassword,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._passwords = passwords
        self._access = access
        self._ending = ending
        self._rotation = rotation
        self._own_password = own_password
        self._notices = notices
        self._audit = audit

    def change(self, *, principal: Principal, current: str, new: str, keep_keys: bool = False) -> Grant:
        """Set the password `new`, end all other sessions of the user, and issue new tokens for this one, now fresh.

        API keys end with the sessions, unless `keep_keys`: whoever stole a session may have made one.

        Raises:
            InvalidRequest: the policy rejects `new`.
            WrongPassword: `current` is not the password.
            LoginDelayed: it was wrong too often.
            LoginBusy: too many passwords wait to be checked.
            SessionEnded: the session ended meanwhile.
        """
        scope = Scope(sparing=principal.session_id, keys=False if keep_keys else None)
        self._policy.check(new, email=read_caller(principal)["email"], field="newPassword")
        return until_unchanged(lambda: self._attempt(principal, current, new, scope))

    def reset(self, *, user_id: str, password: str) -> None:
        """Set a user's password and end all their sessions, for the operator.

        Raises:
            InvalidId: the id is not valid.
            InvalidRequest: the policy rejects `password`.
            UserNotFound: no user has the id.
        """
        target = object_id(user_id)
        self._policy.check(password, email=by_id(target)["email"])
        hashed = self._passwords.make_hash(password)
        until_unchanged(lambda: self._replace(target, hashed))

    def _attempt(self, principal: Principal, current: str, new: str, scope: Scope) -> Grant:
        user = read_caller(principal)
        self._own_password.require(user, current, principal=principal, purpose=EventType.PASSWORD_CHANGED)
        hashed = self._passwords.make_hash(new, known=True)
        self._end_all(user, scope)

        def work(running: ClientSession) -> tuple[Grant, list[str]]:
            session_id, user_id = principal.session_id, principal.user_id
            prove = self._access.touch if "secondFactor" in user else self._access.confirm  # which takes more
            session = prove(session_id=session_id, user_id=user_id, transaction=running)
            ended = self._store(user, hashed, running, scope, origin_of(principal.session))
            return self._rotation.reissue(session=session, repeatable=False, transaction=running), ended

        grant, ended = transaction(work)
        self._record(user, ended)
        return grant

    def _replace(self, user_id: ObjectId, hashed: str) -> None:
        user = by_id(user_id)
        self._end_all(user, ALL)
        self._record(user, transaction(lambda running: self._store(user, hashed, running, ALL, UNTOLD)))

    def _end_all(self, user: UserRecord, scope: Scope) -> None:
        """End the sessions before the password changes: the transaction that follows then has next to none to write."""
        self._ending.end_all(user_id=user["_id"], reason=EndReason.PASSWORD_CHANGED, scope=scope)

    def _store(self, user: UserRecord, hashed: str, running: ClientSession, scope: Scope, origin: Origin) -> list[str]:
        ended = self._ending.end_rest(
            user_id=user["_id"], reason=EndReason.PASSWORD_CHANGED, transaction=running, scope=scope
        )
        now = self._clock.now()
        update_unchanged(
            user,
            {"$set": {"password": hashed, "updatedAt": now, "passwordChangedAt": now}, "$inc": {"authVersion": 1}},
            transaction=running,
        )
        self._notices.put(Kind.PASSWORD_CHANGED, user_id=user["_id"], origin=origin, transaction=running)
        return ended

    def _record(self, user: UserRecord, ended: list[str]) -> None:
        self._audit.record(EventType.PASSWORD_CHANGED, user_id=user["_id"])
        self._audit.record_ended(ended, user_id=user["_id"], reason=EndReason.PASSWORD_CHANGED)
