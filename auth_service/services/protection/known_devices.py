"""Devices that an account has logged in from: no credential, but a login from one has a throttle counter of its own."""

from dataclasses import dataclass
from uuid import uuid4

from auth_service.documents.records import UserRecord
from auth_service.services.protection.login_throttle import account_key


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of one account, known until its password changes.

    `account` is the account's key in counters, `password_set` when the password was set, in milliseconds since 1970.
    """

    account: str
    device_id: str
    password_set: int


def remember(user: UserRecord, presented: KnownDevice | None) -> KnownDevice:
    """The device to remember after a login: the presented one if it is this user's, else a new one."""
    device_id = presented.device_id if presented and is_known(user, presented) else uuid4().hex
    return KnownDevice(account_key(user["email"]), device_id, _password_set(user))


def is_known(user: UserRecord | None, presented: KnownDevice | None) -> bool:
    """Whether the presented device is one of this user's, and the password has not changed since."""
    if user is None or presented is None:
        return False
    return presented.account == account_key(user["email"]) and presented.password_set == _password_set(user)


def counter_key(email: str, presented: KnownDevice | None) -> str:
    """The key that logins for the canonical `email` are counted under: the account, or one known device of it."""
    key = account_key(email)
    return f"{key}:{presented.device_id}" if presented and is_presented(email, presented) else key


def is_presented(email: str, presented: KnownDevice | None) -> bool:
    """Whether the device was one of the account of the canonical `email`; `is_known` says whether it still is."""
    return presented is not None and presented.account == account_key(email)


def _password_set(user: UserRecord) -> int:
    return round(user.get("passwordChangedAt", user["createdAt"]).timestamp() * 1000)
