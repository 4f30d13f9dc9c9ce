"""The first step of a login: checks the password of an e-mail address."""

from typing import Any

from auth_service.documents.records import UserRecord
from auth_service.documents.user import User
from auth_service.errors import AccountSuspended, InvalidCredentials
from auth_service.services.accounts import directory
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.login.attempt import Attempt
from auth_service.services.protection import known_devices
from auth_service.services.protection.login_throttle import LoginThrottle
from auth_service.services.protection.rate_limits import Limit, RateLimits


class PasswordStep:
    """Checks passwords against growing delays, and rehashes outdated ones."""

    def __init__(self, *, passwords: Passwords, throttle: LoginThrottle, rate_limits: RateLimits, audit: Audit) -> None:
        self._passwords = passwords
        self._throttle = throttle
        self._rate_limits = rate_limits
        self._audit = audit

    def require_allowed(self, address: str, attempt: Attempt) -> None:
        """Return when a password of the canonical e-mail `address` may be checked now.

        Raises:
            RateLimited: passwords of this account were checked too often, right or wrong.
            LoginBusy: too many passwords wait to be checked.
        """
        self._rate_limits.require(Limit.LOGIN_ACCOUNT, known_devices.counter_key(address, attempt.browser.device))
        self._passwords.require_capacity(known=known_devices.is_presented(address, attempt.browser.device))

    def check(self, address: str, attempt: Attempt) -> UserRecord:
        """The user of the canonical e-mail `address`, if the attempt has their password.

        An unknown address costs the same hashing and the same counter writes as a wrong password.

        Raises:
            InvalidCredentials: there is no such account, or the password is wrong.
            AccountSuspended: the password is right, and the account is suspended.
            LoginDelayed: passwords were wrong too often.
            LoginBusy: too many passwords wait to be checked.
        """
        user = directory.by_address(address)
        matches = self._matches(address, user, attempt)
        if user is None or not matches:
            self.count_decided(address, attempt)
            self._audit.record(EventType.LOGIN, user_id=user["_id"] if user else None, failure=InvalidCredentials.code)
            raise InvalidCredentials
        if "suspended" in user:
            self.count_decided(address, attempt)
            self._audit.record(EventType.LOGIN, user_id=user["_id"], failure=AccountSuspended.code)
            raise AccountSuspended
        return user

    def count_decided(self, address: str, attempt: Attempt) -> None:
        """Count a login that succeeded, or had a wrong password, for its account; one that broke is not counted."""
        self._rate_limits.count(Limit.LOGIN_ACCOUNT, known_devices.counter_key(address, attempt.browser.device))

    def rehashed(self, user: UserRecord, attempt: Attempt) -> dict[str, Any]:
        """The fields that store the password under the current scheme and cost; none when the stored hash has them.

        Raises:
            LoginBusy: too many passwords wait to be hashed.
        """
        if not self._passwords.is_outdated(user["password"]):
            return {}
        known = known_devices.is_known(user, attempt.browser.device)
        return {"password": self._passwords.make_hash(attempt.password, known=known)}

    def store_rehashed(self, user: UserRecord, attempt: Attempt) -> None:
        """Store what `rehashed` returns by itself, where no session is opened now; raises as that.

        An account that changed meanwhile is left alone: the next login has its turn.
        """
        if changes := self.rehashed(user, attempt):
            unchanged = {"_id": user["_id"], "authVersion": user["authVersion"]}
            User._get_collection().update_one(unchanged, {"$set": changes})

    def _matches(self, address: str, user: UserRecord | None, attempt: Attempt) -> bool:
        device = attempt.browser.device if known_devices.is_known(user, attempt.browser.device) else None
        return self._throttle.count_attempt(
            lambda: self._passwords.matches(
                attempt.password, user.get("password") if user else None, known=device is not None
            ),
            account=address,
            address=attempt.browser.client.network,
            device=device.device_id if device else None,
        )
