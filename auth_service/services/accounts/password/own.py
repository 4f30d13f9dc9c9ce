"""Checks the password of the account that a session belongs to, for what a session alone may not do."""

from auth_service.documents.records import UserRecord
from auth_service.errors import WrongPassword
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.protection.login_throttle import LoginThrottle
from auth_service.services.sessions.access import Principal


class OwnPassword:
    """Checks passwords against growing delays; each session has a counter of its own.

    So whoever stole a session and guesses delays neither the other sessions of the account nor its logins.
    """

    def __init__(self, *, passwords: Passwords, throttle: LoginThrottle, audit: Audit) -> None:
        self._passwords = passwords
        self._throttle = throttle
        self._audit = audit

    def require(self, user: UserRecord, password: str, *, principal: Principal, purpose: EventType) -> None:
        """Return when `password` is that of `user`, whose session is `principal`; a wrong one is a failed `purpose`.

        Raises:
            WrongPassword: it is not.
            LoginDelayed: it was wrong too often.
            LoginBusy: too many passwords wait to be checked.
        """
        matches = self._throttle.count_attempt(
            lambda: self._passwords.matches(password, user.get("password"), known=True),
            account=user["email"],
            address="",
            device=f"session {principal.session_id}",
        )
        if not matches:
            self._audit.record(purpose, user_id=user["_id"], failure=WrongPassword.code)
            raise WrongPassword
