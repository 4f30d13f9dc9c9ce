"""How often a call may be made: by network, by account, by user. All workers count in one store.

When the store does not answer, neither does the call: a 503, never an open door.
"""

import logging
import math
import time
from collections.abc import Callable
from enum import StrEnum

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from pymongo.errors import PyMongoError

from auth_service.database.circuit import circuit
from auth_service.database.faults import explain
from auth_service.errors import DatabaseUnavailable, RateLimited
from auth_service.monitoring.complaints import Complaints
from auth_service.services.protection.refunds import STORE_FAILURES, Refunds
from auth_service.settings.protection import RateLimitSettings

log = logging.getLogger(__name__)


class Limit(StrEnum):
    """What is limited, by the name of its setting."""

    REGISTER = "register"
    LOGIN = "login"
    LOGIN_ACCOUNT = "login_account"
    PASSWORD = "password"  # nosec B105 # a name
    EXPORT = "export"


FIXED = {Limit.EXPORT: "5/day"}  # without a setting


class RateLimits:
    """Counts in fixed windows in `storage`."""

    def __init__(self, *, storage: Storage, settings: RateLimitSettings) -> None:
        self._limiter = FixedWindowRateLimiter(storage)
        self._items = {limit: parse(FIXED.get(limit) or getattr(settings, limit)) for limit in Limit}
        self._refunds = Refunds(self._uncount)
        self._complaints = Complaints(log)

    def hit(self, limit: Limit, key: str, *, times: int = 1) -> None:
        """Count a call before it is served; `give_back` undoes it.

        Args:
            limit: the limit that applies.
            key: what is limited, such as a network or an account.
            times: how many times as much is allowed, because the key stands for several of those.

        Raises:
            RateLimited: it is one too many.
            DatabaseUnavailable: a store other than MongoDB does not answer.
            pymongo.errors.PyMongoError: MongoDB does not answer.
        """
        self._ask(self._hit, limit, key, times)

    def give_back(self, limit: Limit, key: str, *, times: int = 1) -> None:
        """Uncount a call that `hit` counted and that was not decided, now or once the store answers again."""
        self._refunds.give_back((self._item(limit, times), limit, key))

    def require(self, limit: Limit, key: str) -> None:
        """Return when one more call is allowed, without counting it; raises as `hit`."""
        self._ask(self._limiter.test, limit, key)

    def count(self, limit: Limit, key: str) -> None:
        """Count a call that was served. It has happened, so a failure of the store is only logged."""
        try:
            self._limiter.hit(self._items[limit], limit, key)
        except STORE_FAILURES as error:
            circuit.notice(error)
            self._complaints.make(f"{limit} was not counted: {_cause(error)}")

    def _item(self, limit: Limit, times: int) -> RateLimitItem:
        item = self._items[limit]
        return type(item)(item.amount * times, item.multiples)

    def _ask(self, allows: Callable[..., bool], limit: Limit, key: str, times: int = 1) -> None:
        item = self._item(limit, times)
        try:
            refusal = None if allows(item, limit, key) else self._exceeded(item, limit, key)
        except StorageError as error:
            self._complaints.make(f"the store of the rate limits does not answer: {_cause(error)}")
            raise DatabaseUnavailable from None
        if self._complaints.end():
            log.info("the store of the rate limits answers again")
        if refusal:
            raise refusal

    def _hit(self, item: RateLimitItem, limit: Limit, key: str) -> bool:
        self._refunds.settle()
        return self._limiter.hit(item, limit, key)

    def _uncount(self, counted: tuple[RateLimitItem, Limit, str]) -> None:
        self._limiter.hit(*counted, cost=-1)

    def _exceeded(self, item: RateLimitItem, limit: Limit, key: str) -> RateLimited:
        reset = self._limiter.get_window_stats(item, limit, key).reset_time
        return RateLimited(limit=item.amount, retry_after=max(1, math.ceil(reset - time.time())))


class NullRateLimits(RateLimits):
    """Limits nothing."""

    def __init__(self) -> None:
        """Without a store."""

    def hit(self, limit: Limit, key: str, *, times: int = 1) -> None:
        """Allow the call."""

    def give_back(self, limit: Limit, key: str, *, times: int = 1) -> None:
        """Nothing was counted."""

    def require(self, limit: Limit, key: str) -> None:
        """Allow the call."""

    def count(self, limit: Limit, key: str) -> None:
        """Count nothing."""


def _cause(error: Exception) -> str:
    """What failed, without the text of the driver of another store, which may repeat its URL."""
    inner = error.storage_error if isinstance(error, StorageError) else error
    return explain(inner) if isinstance(inner, PyMongoError) else type(inner).__name__
