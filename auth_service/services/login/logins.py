"""Logging in: from an e-mail address and a password to an open session."""

from dataclasses import dataclass
from typing import Any

from pymongo.client_session import ClientSession

from auth_service.database.transactions import transaction
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import User
from auth_service.errors import InvalidCredentials
from auth_service.services.accounts import email_addresses
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.login import turns
from auth_service.services.origin import sightings
from auth_service.services.origin.client import Client
from auth_service.services.protection import known_devices
from auth_service.services.protection.known_devices import KnownDevice
from auth_service.services.protection.login_throttle import LoginThrottle
from auth_service.services.protection.rate_limits import Limit, RateLimits
from auth_service.services.sessions.opening import SessionOpening
from auth_service.services.tokens.claims import Seal
from auth_service.services.tokens.replays import Replays
from auth_service.services.tokens.rotation import Grant, Rotation
from auth_service.services.tokens.used_tokens import ShownToken


@dataclass(frozen=True, slots=True)
class Login:
    """A successful login, and the sessions that gave way to it."""

    user: User
    session: Session
    grant: Grant
    ended: dict[str, EndReason]
    device: KnownDevice


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a login shows of itself: the address as typed, the password, and what the browser still has."""

    email: str
    password: str
    client: Client
    shown: ShownToken | None = None
    device: KnownDevice | None = None


class Logins:
    """Checks passwords and opens sessions."""

    def __init__(
        self,
        *,
        passwords: Passwords,
        throttle: LoginThrottle,
        rate_limits: RateLimits,
        opening: SessionOpening,
        rotation: Rotation,
        replays: Replays,
        audit: Audit,
    ) -> None:
        self._passwords = passwords
        self._throttle = throttle
        self._rate_limits = rate_limits
        self._opening = opening
        self._rotation = rotation
        self._replays = replays
        self._audit = audit

    def log_in(self, attempt: Attempt, *, seal: Seal) -> Login:
        """Open a session for the account of the attempt's e-mail address.

        Hashing takes a quarter of a second in which the account can be demoted, deleted or given another password, so
        opening the session is conditional on the account being the one whose password was checked. The session of a
        refresh token of the same user that is shown ends: the person has logged in anew.

        Raises:
            InvalidRequest: there is no such e-mail address.
            RateLimited: passwords of this account were checked too often, right or wrong.
            InvalidCredentials: there is no such account, or the password is another.
            LoginDelayed: passwords were wrong too often.
            LoginBusy: too many passwords wait to be checked.
            DatabaseUnavailable: the account kept changing.
        """
        address = email_addresses.canonical(attempt.email)
        account = known_devices.counter_key(address, attempt.device)
        self._rate_limits.require(Limit.LOGIN_ACCOUNT, account)
        self._passwords.require_place()
        try:
            login = until_unchanged(lambda: self._try(address, attempt, seal))
        except InvalidCredentials:
            self._rate_limits.count(Limit.LOGIN_ACCOUNT, account)
            raise
        self._rate_limits.count(Limit.LOGIN_ACCOUNT, account)
        self._tell(login)
        return login

    def _try(self, address: str, attempt: Attempt, seal: Seal) -> Login:
        user = self._authenticated(address, attempt)
        changes = self._stored_anew(user, attempt.password)
        replacing = self._replays.replaced_by_login(attempt.shown, user_id=user.id) if attempt.shown else None
        session = self._opening.draft(user=user, client=attempt.client)
        grant = self._rotation.issue(session=session, seal=seal)
        device = known_devices.remember(user, attempt.device)
        sighting = sightings.judge(user, session)
        session.unusual = sighting.unusual
        update = {"$set": {"lastLoginAt": session.created_at, **changes, **sighting.set}, **sighting.push}

        def work(running: ClientSession) -> Login:
            update_unchanged(user, update, transaction=running)
            ended = self._opening.admit(session, replacing=replacing, transaction=running)
            return Login(user=user, session=session, grant=grant, ended=ended, device=device)

        with turns.turn(user.id):
            return transaction(work)

    def _authenticated(self, address: str, attempt: Attempt) -> User:
        user: User | None = User.objects(email=address).first()
        matches = self._matches(address, user, attempt)
        if user is None or not matches:
            self._audit.record(EventType.LOGIN, user_id=user.id if user else None, failure=InvalidCredentials.code)
            raise InvalidCredentials
        return user

    def _matches(self, address: str, user: User | None, attempt: Attempt) -> bool:
        """Whether the password is the user's; nobody's password is looked at just as long, and as often."""
        device = attempt.device if known_devices.is_known(user, attempt.device) else None
        return self._throttle.tried(
            lambda: self._passwords.matches(attempt.password, user.password if user else None),
            account=address,
            address=attempt.client.network,
            device=device.device_id if device else None,
        )

    def _stored_anew(self, user: User, password: str) -> dict[str, Any]:
        outdated = self._passwords.is_outdated(user.password)
        return {"password": self._passwords.hash(password)} if outdated else {}

    def _tell(self, login: Login) -> None:
        user_id, session = login.user.id, login.session
        for event in (EventType.LOGIN, *map(EventType, session.unusual)):
            self._audit.record(event, user_id=user_id, session_id=session.session_id)
        for session_id, reason in login.ended.items():
            self._audit.record_ended([session_id], user_id=user_id, reason=reason)
            if reason is EndReason.REUSED_TOKEN:
                self._audit.record_theft(user_id=user_id, session_id=session_id)
