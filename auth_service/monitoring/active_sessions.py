"""How many sessions live, at a price that does not grow with their number.

Which of them live depends on the time, so no counter knows it, and an index on `expiresAt` would be written by every
request. Few are counted; of many, a random thousand is looked at.
"""

import threading
import time

import pymongo
from pymongo.errors import PyMongoError

from auth_service.clock import Clock
from auth_service.documents.session import Session

COUNTED = 20_000  # stored sessions, up to which each is looked at; MongoDB would also for a sample of over 5 %
SAMPLE = 1_000  # of more: the share of the living is then right to 3 points of 100, 19 times out of 20
LIFETIME = 30  # seconds that a figure is told again
PATIENCE = 0.5  # seconds


class LiveSessions:
    """Counts or estimates; asks the database at most once in `LIFETIME`."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: int | None = None
        self._known_until = 0.0

    def number(self) -> int | None:
        """About how many there are; `None` when the database does not say."""
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._known = self._ask()
                self._known_until = time.monotonic() + LIFETIME
            return self._known

    def _ask(self) -> int | None:
        try:
            with pymongo.timeout(PATIENCE):
                return self._estimate()
        except PyMongoError:
            return None

    def _estimate(self) -> int:
        collection = Session._get_collection()
        living = Session.active(self._clock.now())
        stored: int = collection.estimated_document_count()
        if stored <= COUNTED:
            return int(collection.count_documents(living))
        pipeline = [{"$sample": {"size": SAMPLE}}, {"$match": living}, {"$count": "living"}]
        found = next(iter(collection.aggregate(pipeline)), {"living": 0})
        return round(stored * found["living"] / SAMPLE)
