"""Confirms who uses a session, so that it may do what needs a fresh authentication (RFC 9470).

Each kind of proof has a method, which ends in the same update: the session is fresh from now on. The update holds for
an active session only, so one that ended meanwhile stays ended. No token changes.
"""

from datetime import datetime

from auth_service.services.accounts.own_password import OwnPassword, read_caller
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.freshness import Freshness


class Confirmation:
    """Makes sessions fresh."""

    def __init__(self, *, access: SessionAccess, freshness: Freshness, own_password: OwnPassword, audit: Audit) -> None:
        self._access = access
        self._freshness = freshness
        self._own_password = own_password
        self._audit = audit

    def by_password(self, *, principal: Principal, password: str) -> datetime:
        """Confirm by the password of the account; until when the session is fresh.

        Raises:
            WrongPassword: it is another one.
            LoginDelayed: it was wrong too often.
            LoginBusy: too many passwords wait to be checked.
            SessionEnded, InvalidToken: the session ended, or the account was deleted, meanwhile.
        """
        user = read_caller(principal)
        self._own_password.require(user, password, principal=principal, purpose=EventType.CONFIRMED)
        return self._accept(principal)

    def _accept(self, principal: Principal) -> datetime:
        session = self._access.confirm(session_id=principal.session_id, user_id=principal.user_id)
        self._audit.record(EventType.CONFIRMED, user_id=session["userId"], session_id=principal.session_id)
        return self._freshness.until(session)
