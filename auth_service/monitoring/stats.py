"""Figures of the database: the number, size and age of its documents, and the number of active sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.database import Database
from pymongo.errors import ExecutionTimeout, NetworkTimeout

from auth_service.clock import Clock
from auth_service.database.connection import patient_database
from auth_service.documents.session import Session
from auth_service.documents.user import ADMIN

STORED = {"type": "collection", "name": {"$not": {"$regex": "^system[.]"}}}  # no views
LONGEST_COUNT = 30_000  # milliseconds: counting active sessions reads all stored ones

Data = Database[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """One collection. Sizes in bytes: `data` uncompressed, `storage` and `indexes` as on the disk of one member."""

    name: str
    documents: int
    data: int
    storage: int
    indexes: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures that need counting; `None` where it takes longer than `LONGEST_COUNT`."""

    admins: int
    active_sessions: int | None


class Stats:
    """Reads the database of `url` over a connection of its own."""

    def __init__(self, *, clock: Clock, url: str) -> None:
        self._clock = clock
        self._url = url

    def collections(self) -> list[CollectionStats]:
        """All collections, the largest first.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer.
        """
        with patient_database(self._url) as database:
            found = [_stats(database, name) for name in database.list_collection_names(filter=STORED)]
        return sorted(found, key=lambda each: (-each.storage - each.indexes, each.name))

    def sums(self) -> Sums:
        """The number of admins, and of sessions that are active now."""
        with patient_database(self._url) as database:
            admins = database.users.count_documents({"role": ADMIN})
            return Sums(admins, _counted(database, Session.active(self._clock.now())))


def _stats(database: Data, name: str) -> CollectionStats:
    """The figures of a collection, over all shards."""
    shards = [each["storageStats"] for each in database[name].aggregate([{"$collStats": {"storageStats": {}}}])]
    sizes = (sum(each.get(key, 0) for each in shards) for key in ("count", "size", "storageSize", "totalIndexSize"))
    documents, data, storage, indexes = sizes
    return CollectionStats(name, documents, data, storage, indexes, _oldest(database, name))


def _oldest(database: Data, name: str) -> datetime | None:
    """When its first document was created, found by the index on `_id`, which begins with the time."""
    record = database[name].find_one({}, {"createdAt": 1}, sort=[("_id", ASCENDING)])
    if record is None or not isinstance(record["_id"], ObjectId):
        return None
    created = record.get("createdAt")
    return created if isinstance(created, datetime) else record["_id"].generation_time


def _counted(database: Data, active: dict[str, Any]) -> int | None:
    try:
        return database.sessions.count_documents(active, maxTimeMS=LONGEST_COUNT)
    except (ExecutionTimeout, NetworkTimeout):
        return None
