"""Keeps a figure that costs a question to the database for some seconds, so that scrapes do not add up."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import pymongo
from pymongo.errors import PyMongoError

PATIENCE = 0.5  # seconds

Figure = TypeVar("Figure")


class Recent(Generic[Figure]):
    """The figure that `query` asks the database for, at most once in `lifetime` seconds."""

    def __init__(self, query: Callable[[], Figure], *, lifetime: float) -> None:
        self._query = query
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._known: Figure | None = None
        self._known_until = 0.0

    def value(self) -> Figure | None:
        """The figure; `None` when the database does not answer in time."""
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._known = self._asked()
                self._known_until = time.monotonic() + self._lifetime
            return self._known

    def _asked(self) -> Figure | None:
        try:
            with pymongo.timeout(PATIENCE):
                return self._query()
        except PyMongoError:
            return None
