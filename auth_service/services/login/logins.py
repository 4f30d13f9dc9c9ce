"""The sequence of a login: from a password, and perhaps a second factor, or from a passkey, to an open session."""

from collections.abc import Mapping
from typing import Any

from auth_service.documents.session import EndReason
from auth_service.errors import InvalidTicket, ServiceError
from auth_service.services.accounts import email_addresses
from auth_service.services.accounts.versions import AccountChanged, until_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.factors import RECOVERY_CODE
from auth_service.services.factors.proofs import METHODS, MULTIPLE, Proof
from auth_service.services.login.attempt import Attempt, Browser, Login
from auth_service.services.login.opening import OpeningStep
from auth_service.services.login.passkey import PasskeyStep
from auth_service.services.login.password import PasswordStep
from auth_service.services.login.second_factor import Accepted, SecondFactorStep
from auth_service.services.protection.factor_tries import FORGOTTEN
from auth_service.services.tokens.claims import PASSWORD


class Logins:
    """Runs the steps of a login, and records its outcome in the audit trail."""

    def __init__(
        self,
        *,
        password: PasswordStep,
        second_factor: SecondFactorStep,
        passkey: PasskeyStep,
        opening: OpeningStep,
        audit: Audit,
    ) -> None:
        self._password = password
        self._second_factor = second_factor
        self._passkey = passkey
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
            SecondFactorRequired: the password is right, and the account has a second factor.
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

    def complete(self, *, ticket: str, proof: Proof, browser: Browser) -> Login:
        """Open the session of a login whose password was right, by a second factor.

        The session, and the use of the factor, are one transaction: neither opens anything twice.

        Raises:
            InvalidTicket: the ticket is not genuine, has expired, was tried too often, or the account has changed.
            LoginDelayed: codes were wrong too often.
            InvalidSecondFactor, PasskeyUnknown, PasskeyRefused, PasskeySuspect: the factor is wrong, or used.
        """
        try:
            accepted = self._second_factor.check(ticket, proof)
            login = self._open_with(accepted, browser)
        except AccountChanged:
            raise InvalidTicket from None
        if accepted.verified.method == METHODS[RECOVERY_CODE]:
            self._audit.record(EventType.RECOVERY_CODE_USED, user_id=login.user["_id"])
        self._record(login)
        return login

    def log_in_by_passkey(self, *, answer: Mapping[str, Any], browser: Browser) -> Login:
        """Open a session for whoever has the passkey that answered.

        Raises:
            PasskeyUnknown, PasskeyRefused, PasskeySuspect, AccountSuspended: as `PasskeyStep.check`.
            DatabaseUnavailable: the account kept changing.
        """
        login = until_unchanged(lambda: self._run_passkey_steps(answer, browser))
        self._record(login)
        return login

    def options(self, *, ticket: str) -> dict[str, Any]:
        """What a browser needs for the second step by a passkey.

        Raises:
            InvalidTicket: the ticket is not valid.
        """
        return self._second_factor.options(ticket)

    def passkey_options(self) -> dict[str, Any]:
        """What a browser needs to log in by a passkey."""
        return self._passkey.options()

    def _run_steps(self, address: str, attempt: Attempt) -> Login:
        user = self._password.check(address, attempt)
        if "secondFactor" in user:
            self._password.count_decided(address, attempt)
            self._password.store_rehashed(user, attempt)
            raise self._second_factor.ask(user)
        changes = self._password.rehashed(user, attempt)
        return self._opening.open(user, attempt.browser, amr=[PASSWORD], changes=changes)

    def _open_with(self, accepted: Accepted, browser: Browser) -> Login:
        verified = accepted.verified
        amr = [PASSWORD, verified.method, MULTIPLE]
        try:
            return self._opening.open(
                accepted.user, browser, amr=amr, changes=FORGOTTEN, uses=accepted.uses, also=verified.also
            )
        except ServiceError as refusal:
            self._second_factor.record_refusal(accepted.user, refusal)
            raise

    def _run_passkey_steps(self, answer: Mapping[str, Any], browser: Browser) -> Login:
        user, verified = self._passkey.check(answer)
        amr = [verified.method, MULTIPLE]
        return self._opening.open(user, browser, amr=amr, changes=FORGOTTEN, uses=[verified.use], also=verified.also)

    def _record(self, login: Login) -> None:
        user_id, session_id = login.user["_id"], login.grant.session_id
        for event in (EventType.LOGIN, *map(EventType, login.session["unusual"])):
            self._audit.record(event, user_id=user_id, session_id=session_id)
        for reason in dict.fromkeys(login.ended.values()):
            ended = [ended_id for ended_id, why in login.ended.items() if why is reason]
            self._audit.record_ended(ended, user_id=user_id, reason=reason)
            if reason is EndReason.REUSED_TOKEN:
                self._audit.record_theft(user_id=user_id, session_id=ended[0])
