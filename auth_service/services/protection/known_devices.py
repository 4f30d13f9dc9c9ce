"""Devices an account has logged in from. Knowing one authenticates nothing: it only keeps strangers' failures apart."""

from dataclasses import dataclass
from uuid import uuid4

from auth_service.documents.user import User
from auth_service.services.protection.login_throttle import account_key


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of one account, as long as the password is the one that was set at `password_set` (milliseconds).

    `account` is the account's key in counters.
    """

    account: str
    device_id: str
    password_set: int


def remember(user: User, shown: KnownDevice | None) -> KnownDevice:
    """The device to remember after a login: the one shown, when it is this user's, else a new one."""
    known = shown is not None and is_known(user, shown)
    return KnownDevice(account_key(user.email), shown.device_id if shown and known else uuid4().hex, user.password_set)


def is_known(user: User | None, shown: KnownDevice | None) -> bool:
    """Whether the device shown is one of this user's, and the password has not changed since."""
    if user is None or shown is None:
        return False
    return shown.account == account_key(user.email) and shown.password_set == user.password_set


def counter_key(email: str, shown: KnownDevice | None) -> str:
    """What logins for `email`, in its canonical form, are counted under: the account, or one known device of it."""
    key = account_key(email)
    return f"{key}:{shown.device_id}" if shown and shown.account == key else key
