"""Records since when keys are published and sign, so that the doctor can tell what verifiers may not know yet."""

from collections.abc import Sequence

from auth_service.clock import Clock
from auth_service.documents.signing_key import PublishedKey


class PublishedKeys:
    """Records the keys of these `ids`, of which the first signs; there may be none."""

    def __init__(self, *, clock: Clock, ids: Sequence[str]) -> None:
        self._clock = clock
        self._ids = list(ids)

    def record(self) -> None:
        """Record that this process publishes its keys and no others; idempotent.

        A process that starts with another file, on another host or later, withdraws the keys that its file lacks.
        """
        for kid in self._ids:
            self._record(kid)
        PublishedKey._get_collection().update_many(
            {"_id": {"$nin": self._ids}, "withdrawnAt": None},
            {"$set": {"withdrawnAt": self._clock.now()}, "$unset": {"signsSince": ""}},
        )

    def _record(self, kid: str) -> None:
        """A key that was withdrawn is published anew: verifiers have forgotten it."""
        now = self._clock.now()
        known = {"$and": [{"$ifNull": ["$publishedAt", False]}, {"$not": [{"$ifNull": ["$withdrawnAt", False]}]}]}
        signs = {"$ifNull": ["$signsSince", now]} if kid == self._ids[0] else "$$REMOVE"
        change = {
            "publishedAt": {"$cond": [known, "$publishedAt", now]},
            "signsSince": signs,
            "withdrawnAt": "$$REMOVE",
        }
        PublishedKey._get_collection().update_one({"_id": kid}, [{"$set": change}], upsert=True)


def recorded() -> list[PublishedKey]:
    """The records of all keys there ever were."""
    return list(PublishedKey.objects)
