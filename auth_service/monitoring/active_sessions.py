"""Counts or estimates the active sessions, at a cost that does not grow with their number.

Whether a session is active depends on the time, so no counter can hold the number, and an index on `expiresAt` would be
written by every request. A small number is counted; a large one is estimated from a random sample.
"""

from auth_service.clock import Clock
from auth_service.documents.session import Session
from auth_service.monitoring.recent import Recent

COUNTED = 20_000  # stored sessions up to which all are read; MongoDB would also read all for a sample of over 5 %
SAMPLE = 1_000  # of more: the share of active ones is then right to 3 points of 100, 19 times out of 20
LIFETIME = 30  # seconds for which a figure is reused


class ActiveSessions:
    """The number of active sessions; asks the database at most once in `LIFETIME`."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._recent = Recent(self._estimate, lifetime=LIFETIME)

    def number(self) -> int | None:
        """The number, exact or estimated; `None` when the database does not answer in time."""
        return self._recent.value()

    def _estimate(self) -> int:
        collection = Session._get_collection()
        active = Session.active(self._clock.now())
        stored: int = collection.estimated_document_count()
        if stored <= COUNTED:
            return int(collection.count_documents(active))
        pipeline = [{"$sample": {"size": SAMPLE}}, {"$match": active}, {"$count": "active"}]
        found = next(iter(collection.aggregate(pipeline)), {"active": 0})
        return round(stored * found["active"] / SAMPLE)
