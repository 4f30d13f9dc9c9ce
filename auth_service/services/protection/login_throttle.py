"""Growing delays after wrong passwords, which strangers cannot turn on the owner of an account (ASVS 5.0 V6.3).

A try is counted before the password is looked at and given back when it was right, so that any number of tries at the
same moment are counted as many. Whoever shows a known device of the account has a counter of their own; all others
share one for the account and have one for their address.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.documents.login_delay import LoginDelay
from auth_service.errors import LoginBusy, LoginDelayed

FORGOTTEN_AFTER = timedelta(days=1)
LONGEST_DELAY = 900  # seconds


@dataclass(frozen=True, slots=True)
class Growth:
    """So many tries are `free`; then the delay starts at about a second and doubles with every `doubling` tries."""

    free: int
    doubling: int


NEAR = Growth(free=10, doubling=1)  # one address at one account, or one known device
FAR = Growth(free=50, doubling=5)  # everybody else at one account: slower, for it may be the owner who waits


@dataclass(frozen=True, slots=True)
class Ticket:
    """A counted try: the counters it stands on."""

    near: str
    far: str | None


class LoginThrottle:
    """Counts tries in the database, for all workers."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def tried(self, check: Callable[[], bool], *, account: str, address: str, device: str | None = None) -> bool:
        """What `check`, which looks at a password of `account`, says; counted as a try, and forgotten when it is true.

        `account` is any text that names it; the try comes from `address`, or from a known `device` of the account.

        Raises:
            LoginDelayed: tries are not looked at yet; `retry_after` says when again.
            LoginBusy: `check` did not come to look at it; the try does not count.
        """
        ticket = self._take(account, address, device)
        try:
            right = check()
        except LoginBusy:
            self._give_back(ticket.near, ticket.far)
            raise
        if right:
            LoginDelay._get_collection().delete_one({"_id": ticket.near})
            self._give_back(ticket.far)
        return right

    def _take(self, account: str, address: str, device: str | None) -> Ticket:
        name = account_key(account)
        ticket = Ticket(f"device:{name}:{device}", None) if device else Ticket(f"{name}:{address}", f"account:{name}")
        self._require_no_delay(ticket)
        self._count(ticket.near, NEAR)
        if ticket.far:
            self._count(ticket.far, FAR)
        return ticket

    def _require_no_delay(self, ticket: Ticket) -> None:
        now = self._clock.now()
        keys = [key for key in (ticket.near, ticket.far) if key]
        delays = LoginDelay._get_collection().find({"_id": {"$in": keys}, "until": {"$gt": now}})
        until = max((delay["until"] for delay in delays), default=None)
        if until:
            raise _delayed(until, now)

    def _count(self, key: str, growth: Growth) -> None:
        """One more try at `key`, unless a delay runs: the filter does not match then, and the upsert collides."""
        now = self._clock.now()
        update = [
            {"$set": {"failures": {"$add": [{"$ifNull": ["$failures", 0]}, 1]}, "purgeAt": now + FORGOTTEN_AFTER}},
            {"$set": {"until": {"$add": [now, _delay(growth)]}}},
        ]
        try:
            LoginDelay._get_collection().update_one({"_id": key, "until": {"$lte": now}}, update, upsert=True)
        except DuplicateKeyError:
            raise _delayed(now + timedelta(seconds=1), now) from None

    def _give_back(self, *keys: str | None) -> None:
        if not any(keys):
            return
        counted = {"_id": {"$in": [key for key in keys if key]}}
        LoginDelay._get_collection().update_many(counted, {"$inc": {"failures": -1}})


class NullLoginThrottle(LoginThrottle):
    """Delays nobody."""

    def tried(self, check: Callable[[], bool], *, account: str, address: str, device: str | None = None) -> bool:
        """What `check` says."""
        return check()


def account_key(account: str) -> str:
    """What stands for an account in counters: no e-mail address is stored, least of all one that has no account."""
    return hashlib.sha256(account.encode()).hexdigest()[:32]


def _delay(growth: Growth) -> dict[str, Any]:
    """MongoDB's expression for the delay, in milliseconds, after `$failures` tries."""
    beyond = {"$subtract": ["$failures", growth.free]}
    exponent = {"$min": [{"$divide": [beyond, growth.doubling]}, math.ceil(math.log2(LONGEST_DELAY))]}
    seconds = {"$min": [{"$pow": [2, exponent]}, LONGEST_DELAY]}
    return {"$cond": [{"$gt": [beyond, 0]}, {"$toLong": {"$multiply": [seconds, 1000]}}, 0]}


def _delayed(until: datetime, now: datetime) -> LoginDelayed:
    return LoginDelayed(retry_after=max(1, math.ceil((until - now).total_seconds())))
