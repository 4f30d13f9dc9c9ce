"""Gives back what was counted and then not decided, if need be once the counters' store answers again.

What a process still owes when it ends is lost: it stays counted until the counter expires.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from limits.errors import StorageError
from pymongo.errors import PyMongoError

from auth_service.database.circuit import circuit

Counted = TypeVar("Counted")

MOST_OWED = 4096  # refunds that a process remembers; an outage leaves one for each request it broke
STORE_FAILURES = (PyMongoError, StorageError)


class Refunds(Generic[Counted]):
    """Refunds by `uncount`, which takes back one count and raises one of `STORE_FAILURES` when it cannot."""

    def __init__(self, uncount: Callable[[Counted], object]) -> None:
        self._uncount = uncount
        self._owed: deque[Counted] = deque(maxlen=MOST_OWED)

    def give_back(self, counted: Counted) -> None:
        """Uncount now, or owe it: the failure that led here is the one to tell."""
        try:
            self._uncount(counted)
        except STORE_FAILURES as error:
            self.owe(counted, error)

    def owe(self, counted: Counted, error: Exception) -> None:
        """Remember to uncount, because `error` prevents it now."""
        circuit.notice(error)
        self._owed.append(counted)

    def settle(self) -> None:
        """Give back what is owed; call it before the next count.

        Raises:
            pymongo.errors.PyMongoError, limits.errors.StorageError: the store still fails. The rest stays owed.
        """
        with suppress(IndexError):  # nothing is left, perhaps because another thread took it
            while self._owed:
                counted = self._owed.popleft()
                try:
                    self._uncount(counted)
                except STORE_FAILURES:
                    self._owed.append(counted)
                    raise
