"""The sequence of a login: from an e-mail address and a password to an open session."""

from auth_service.documents.session import EndReason
from auth_service.services.accounts import email_addresses
from auth_service.services.accounts.versions import until_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.login.attempt import Attempt, Login
from auth_service.services.login.opening import OpeningStep
from auth_service.services.login.password import PasswordStep


class Logins:
    """Runs the steps of a login, and records its outcome in the audit trail."""

    def __init__(self, *, password: PasswordStep, opening: OpeningStep, audit: Audit) -> None:
        self._password = password
        self._opening = opening
        self._audit = audit

    def log_in(self, attempt: Attempt) -> Login:
        """Open a session for the account of the attempt's e-mail address.

        Hashing takes a quarter of a second, in which the account can be demoted, deleted or given another password. So
        the session is opened only if the account is still the version that the password was checked against, and the
        steps run again otherwise. A presented refresh token of the same user ends its session: this login replaces it.

        Raises:
            InvalidRequest: the e-mail address is not valid.
            RateLimited: passwords of this account were checked too often, right or wrong.
            InvalidCredentials: there is no such account, or the password is wrong.
            AccountSuspended: the password is right, and the account is suspended.
            LoginDelayed: passwords were wrong too often.
            LoginBusy: too many passwords wait to be checked.
            DatabaseUnavailable: the account kept changing.
        """
        address = email_addresses.canonical(attempt.email)
        self._password.require_allowed(address, attempt)
        login = until_unchanged(lambda: self._run_steps(address, attempt))
        self._password.count_decided(address, attempt)
        self._record(login)
        return login

    def _run_steps(self, address: str, attempt: Attempt) -> Login:
        user = self._password.check(address, attempt)
        changes = self._password.rehashed(user, attempt)
        return self._opening.open(user, attempt, changes=changes)

    def _record(self, login: Login) -> None:
        user_id, session_id = login.user["_id"], login.grant.session_id
        for event in (EventType.LOGIN, *map(EventType, login.session["unusual"])):
            self._audit.record(event, user_id=user_id, session_id=session_id)
        for reason in dict.fromkeys(login.ended.values()):
            ended = [ended_id for ended_id, why in login.ended.items() if why is reason]
            self._audit.record_ended(ended, user_id=user_id, reason=reason)
            if reason is EndReason.REUSED_TOKEN:
                self._audit.record_theft(user_id=user_id, session_id=ended[0])
