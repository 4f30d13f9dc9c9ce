"""Growing delays after wrong passwords, which a stranger cannot use to lock the owner out (ASVS 5.0 V6.3).

An attempt is counted before its password is checked, and uncounted when the password was right, so that simultaneous
attempts are all counted. One that was not decided, whatever broke, is given back, if need be once the database answers
again. A client that presents a known device of the account has a counter of its own. All others
share one for the account, and have one for their address.
"""

import hashlib
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from auth_service.clock import Clock
from auth_service.documents.login_delay import LoginDelay
from auth_service.errors import LoginDelayed
from auth_service.services.protection.refunds import Refunds

FORGOTTEN_AFTER = timedelta(days=1)
LONGEST_DELAY = 900  # seconds
COLLISIONS = 20  # with simultaneous attempts, each of which was counted or was right
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Growth:
    """The first `free` attempts cause no delay; then it is about a second and doubles every `doubling` attempts."""

    free: int
    doubling: int


NEAR = Growth(free=10, doubling=1)  # one address at one account, or one known device
FAR = Growth(free=50, doubling=5)  # all other clients at one account: slower, for the owner may be among them


@dataclass(frozen=True, slots=True)
class Ticket:
    """A counted attempt: the keys of its counters."""

    near: str
    far: str | None

    @property
    def keys(self) -> list[str]:
        """The near one, then the far one if there is one."""
        return [self.near, self.far] if self.far else [self.near]


class LoginThrottle:
    """Counts attempts in the database, for all workers."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._refunds = Refunds(self._uncount)

    def count_attempt(
        self, check: Callable[[], bool], *, account: str, address: str, device: str | None = None
    ) -> bool:
        """The result of `check`, which checks a password of `account`; counted as an attempt while it is not true.

        `account` is any text that identifies it. The attempt comes from `address`, or from a known `device`.

        Raises:
            LoginDelayed: an attempt is not allowed yet; `retry_after` is the time to wait, in seconds.
            Exception: what `check` raised; the attempt does not count.
        """
        self._refunds.settle()
        ticket = self._count_all(account, address, device)
        try:
            matches = check()
        except BaseException:
            self._refunds.give_back(ticket.keys)
            raise
        if matches:
            self._forget(ticket.near)
            self._refunds.give_back(ticket.keys[1:])
        return matches

    def _count_all(self, account: str, address: str, device: str | None) -> Ticket:
        name = account_key(account)
        ticket = Ticket(f"device:{name}:{device}", None) if device else Ticket(f"{name}:{address}", f"account:{name}")
        self._require_no_delay(ticket.keys)
        self._count(ticket.near, NEAR)
        if ticket.far:
            try:
                self._count(ticket.far, FAR)
            except BaseException:
                self._refunds.give_back(ticket.keys[:1])
                raise
        return ticket

    def _require_no_delay(self, keys: list[str]) -> None:
        now = self._clock.now()
        delays = LoginDelay._get_collection().find({"_id": {"$in": keys}, "until": {"$gt": now}})
        until = max((delay["until"] for delay in delays), default=None)
        if until:
            raise delayed(until, now)

    def _count(self, key: str, growth: Growth) -> None:
        """Count an attempt at `key`, unless a delay runs: then the filter does not match, and the upsert collides.

        It also collides with a simultaneous first attempt, which leaves no delay: then it is tried again.
        """
        for _ in range(COLLISIONS):
            with suppress(DuplicateKeyError):
                return self._upsert(key, growth)
            self._require_no_delay([key])
        raise LoginDelayed(retry_after=1)

    def _upsert(self, key: str, growth: Growth) -> None:
        now = self._clock.now()
        update = [
            {"$set": {"failures": {"$add": [{"$ifNull": ["$failures", 0]}, 1]}, "purgeAt": now + FORGOTTEN_AFTER}},
            {"$set": {"until": delay_until(now, growth)}},
        ]
        LoginDelay._get_collection().update_one({"_id": key, "until": {"$lte": now}}, update, upsert=True)

    def _forget(self, key: str) -> None:
        """Delete the counter `key`, or owe it the attempt."""
        try:
            LoginDelay._get_collection().delete_one({"_id": key})
        except PyMongoError as error:
            self._refunds.owe([key], error)

    def _uncount(self, keys: list[str]) -> None:
        if not keys:
            return
        counted = {"_id": {"$in": keys}, "failures": {"$gt": 0}}
        LoginDelay._get_collection().update_many(counted, {"$inc": {"failures": -1}})


class NullLoginThrottle(LoginThrottle):
    """Counts and delays nothing."""

    def count_attempt(
        self, check: Callable[[], bool], *, account: str, address: str, device: str | None = None
    ) -> bool:
        """The result of `check`."""
        return check()


def account_key(account: str) -> str:
    """The key of an account in counters: a digest, so that no address is stored, in particular none without account."""
    return hashlib.sha256(account.encode()).hexdigest()[:32]


def delay_until(now: datetime, growth: Growth, failures: str = "$failures") -> dict[str, Any]:
    """MongoDB's expression for the end of the delay after so many `failures`; long ago when there is none.

    Not `now`: a simultaneous attempt of another worker may have an earlier one.
    """
    beyond = {"$subtract": [failures, growth.free]}
    exponent = {"$min": [{"$divide": [beyond, growth.doubling]}, math.ceil(math.log2(LONGEST_DELAY))]}
    seconds = {"$min": [{"$pow": [2, exponent]}, LONGEST_DELAY]}
    delay = {"$toLong": {"$multiply": [seconds, 1000]}}
    return {"$cond": [{"$gt": [beyond, 0]}, {"$add": [now, delay]}, LONG_AGO]}


def delayed(until: datetime, now: datetime) -> LoginDelayed:
    """What refuses a try before `until`; it says the whole seconds that are left, at least one."""
    return LoginDelayed(retry_after=max(1, math.ceil((until - now).total_seconds())))
