"""Giving an account another password. Whoever was in by the old one is out."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.session import EndReason
from auth_service.documents.user import User
from auth_service.errors import InvalidToken, UserNotFound, WrongPassword
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.protection.login_throttle import LoginThrottle
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens.rotation import Grant, Rotation


class PasswordChanges:
    """Changes passwords, for the user who knows the old one and for the operator."""

    def __init__(
        self,
        *,
        clock: Clock,
        policy: PasswordPolicy,
        passwords: Passwords,
        access: SessionAccess,
        ending: SessionEnding,
        rotation: Rotation,
        throttle: LoginThrottle,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._passwords = passwords
        self._access = access
        self._ending = ending
        self._rotation = rotation
        self._throttle = throttle
        self._audit = audit

    def change(self, *, principal: Principal, current: str, new: str) -> Grant:
        """Set `new`, end all other sessions of the user, and give this one a new refresh token.

        Raises:
            InvalidRequest: `new` cannot be a password.
            WrongPassword: `current` is not the password.
            LoginDelayed: it was wrong too often.
            LoginBusy: too many passwords wait to be checked.
            SessionEnded: the session ended meanwhile.
        """
        self._policy.check(new, email=_caller(principal).email, field="newPassword")
        return until_unchanged(lambda: self._attempt(principal, current, new))

    def set(self, *, user_id: str, password: str) -> None:
        """Set a user's password and end all their sessions: the operator's way.

        Raises:
            InvalidId: the id is none.
            InvalidRequest: the password cannot be one.
            UserNotFound: nobody has the id.
        """
        target = object_id(user_id)
        self._policy.check(password, email=_found(target).email)
        hashed = self._passwords.hash(password)
        until_unchanged(lambda: self._replace(target, hashed))

    def _attempt(self, principal: Principal, current: str, new: str) -> Grant:
        user = _caller(principal)
        self._require_password(user, current, principal)
        hashed = self._passwords.hash(new)

        def work(running: ClientSession) -> tuple[Grant, list[str]]:
            session_id, user_id = principal.session_id, principal.user_id
            record = self._access.touch(session_id=session_id, user_id=user_id, transaction=running)
            ended = self._store(user, hashed, running, sparing=session_id)
            return self._rotation.reissue(record=record, transaction=running), ended

        grant, ended = transaction(work)
        self._tell(user, ended)
        return grant

    def _require_password(self, user: User, current: str, principal: Principal) -> None:
        """A wrong one counts like a failed login, on a counter of the session: nobody else has a part in it."""
        right = self._throttle.tried(
            lambda: self._passwords.matches(current, user.password),
            account=user.email,
            address="",
            device=f"session {principal.session_id}",
        )
        if not right:
            self._audit.record(EventType.PASSWORD_CHANGED, user_id=user.id, failure=WrongPassword.code)
            raise WrongPassword

    def _replace(self, user_id: ObjectId, hashed: str) -> None:
        user = _found(user_id)
        self._tell(user, transaction(lambda running: self._store(user, hashed, running)))

    def _store(self, user: User, hashed: str, running: ClientSession, sparing: str | None = None) -> list[str]:
        ended = self._ending.end_all(
            user_id=user.id, reason=EndReason.PASSWORD_CHANGED, transaction=running, sparing=sparing
        )
        now = self._clock.now()
        update_unchanged(
            user,
            {"$set": {"password": hashed, "updatedAt": now, "passwordChangedAt": now}, "$inc": {"authVersion": 1}},
            transaction=running,
        )
        return ended

    def _tell(self, user: User, ended: list[str]) -> None:
        self._audit.record(EventType.PASSWORD_CHANGED, user_id=user.id)
        self._audit.record_ended(ended, user_id=user.id, reason=EndReason.PASSWORD_CHANGED)


def _caller(principal: Principal) -> User:
    user: User | None = User.objects(id=ObjectId(principal.user_id)).first()
    if user is None:
        raise InvalidToken
    return user


def _found(user_id: ObjectId) -> User:
    user: User | None = User.objects(id=user_id).first()
    if user is None:
        raise UserNotFound
    return user
