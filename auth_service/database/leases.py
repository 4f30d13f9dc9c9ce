"""A lease: a lock document that expires unless its holder renews it, so that one process at a time does some work.

All times are the database's own, so hosts with different clocks agree on the holder.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from auth_service.database.faults import explain

log = logging.getLogger(__name__)

LIFETIME = timedelta(seconds=20)  # since the last renewal; a killed holder blocks the others for so long
POLL_INTERVAL = 0.2  # seconds
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


class LeaseBusy(Exception):
    """Another process holds the lease and did not release it in time."""


class LeaseLost(Exception):
    """The lease expired or another process took it: the former holder must stop its work."""


class Lease:
    """The lease `name` in the collection `locks`, which expires `lifetime` after its last renewal."""

    def __init__(self, locks: Collection[dict[str, Any]], name: str, *, lifetime: timedelta = LIFETIME) -> None:
        self._locks = locks
        self._name = name
        self._lifetime = lifetime
        self._owner = uuid4().hex

    @contextmanager
    def held(self, *, patience: timedelta, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """A context in which this process holds it; a thread renews it every third of its lifetime.

        `waiting` is called once if another process holds it at first.

        Raises:
            LeaseBusy: the other process did not release it within `patience`.
        """
        self._take(patience, waiting)
        done = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=(done,), name=f"lease {self._name}", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()
            self._locks.update_one({"_id": self._name, "owner": self._owner}, {"$set": {"expiresAt": LONG_AGO}})

    def require(self, transaction: ClientSession | None = None) -> None:
        """Return if this process still holds it, and renew it.

        In a `transaction` the renewal is part of it: the commit fails if another process takes the lease meanwhile.

        Raises:
            LeaseLost: this process does not hold it any more.
        """
        if not self._write({"owner": self._owner, "$expr": {"$gt": ["$expiresAt", "$$NOW"]}}, transaction):
            raise LeaseLost

    def _take(self, patience: timedelta, waiting: Callable[[], None]) -> None:
        deadline, waited = time.monotonic() + patience.total_seconds(), False
        self._create()
        while not self._write({"$expr": {"$lte": ["$expiresAt", "$$NOW"]}}):
            if not waited:
                waiting()
                waited = True
            if time.monotonic() >= deadline:
                raise LeaseBusy
            time.sleep(POLL_INTERVAL)

    def _create(self) -> None:
        """Insert the lock document, expired, unless it exists."""
        free = {"owner": None, "expiresAt": LONG_AGO}
        try:
            self._locks.update_one({"_id": self._name}, {"$setOnInsert": free}, upsert=True)
        except DuplicateKeyError:
            log.debug("another process created the lock %s at the same time", self._name)

    def _write(self, condition: dict[str, Any], transaction: ClientSession | None = None) -> bool:
        """Become the owner for a further lifetime, if the lock document meets `condition`; whether it did."""
        until = {"$add": ["$$NOW", int(self._lifetime.total_seconds() * 1000)]}
        outcome = self._locks.update_one(
            {"_id": self._name, **condition},
            [{"$set": {"owner": self._owner, "expiresAt": until}}],
            session=transaction,
        )
        return outcome.matched_count == 1

    def _renew_until(self, done: threading.Event) -> None:
        while not done.wait(self._lifetime.total_seconds() / 3):
            try:
                self.require()
            except LeaseLost:
                return
            except PyMongoError as error:
                log.debug("the lease %s was not renewed: %s", self._name, explain(error))
