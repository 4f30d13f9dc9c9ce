"""Work that one process does at a time, however many start it: a lock document that expires and is renewed.

Times are the database's own, so that hosts whose clocks differ agree on who holds it.
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

log = logging.getLogger(__name__)

LIFETIME = timedelta(seconds=20)  # without a renewal; so long does a killed holder block the others
POLL = 0.2  # seconds
NEVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class LeaseBusy(Exception):
    """Another process holds the lease and did not give it back in time."""


class LeaseLost(Exception):
    """The lease ran out or was taken over: whoever held it must stop."""


class Lease:
    """The lease called `name`, in the collection `locks`; it lives `lifetime` and is renewed three times in that."""

    def __init__(self, locks: Collection[dict[str, Any]], name: str, *, lifetime: timedelta = LIFETIME) -> None:
        self._locks = locks
        self._name = name
        self._lifetime = lifetime
        self._owner = uuid4().hex

    @contextmanager
    def held(self, *, patience: timedelta, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold it, renewed in the background; `waiting` is called once when somebody else has it.

        Raises:
            LeaseBusy: nobody gave it back within `patience`.
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
            self._locks.update_one({"_id": self._name, "owner": self._owner}, {"$set": {"expiresAt": NEVER}})

    def require(self, transaction: ClientSession | None = None) -> None:
        """Return when it is still held; in a transaction, also when that commits, for it writes the lock document.

        Raises:
            LeaseLost: it is not.
        """
        if not self._write({"owner": self._owner, "$expr": {"$gt": ["$expiresAt", "$$NOW"]}}, transaction):
            raise LeaseLost

    def _take(self, patience: timedelta, waiting: Callable[[], None]) -> None:
        deadline, told = time.monotonic() + patience.total_seconds(), False
        self._make()
        while not self._write({"$expr": {"$lte": ["$expiresAt", "$$NOW"]}}):
            if not told:
                waiting()
                told = True
            if time.monotonic() >= deadline:
                raise LeaseBusy
            time.sleep(POLL)

    def _make(self) -> None:
        born = {"owner": None, "expiresAt": NEVER}
        try:
            self._locks.update_one({"_id": self._name}, {"$setOnInsert": born}, upsert=True)
        except DuplicateKeyError:
            log.debug("another process made the lock %s in the same moment", self._name)

    def _write(self, condition: dict[str, Any], transaction: ClientSession | None = None) -> bool:
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
                log.debug("the lease %s was not renewed: %s", self._name, error)
