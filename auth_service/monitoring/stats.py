"""What the database holds: how many, how large, since when, and how many sessions live."""

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
LONGEST_COUNT = 30_000  # milliseconds: living sessions are counted by looking at all that are kept

Data = Database[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """One collection, sizes in bytes: `data` uncompressed, `storage` and `indexes` as on disk, of one member."""

    name: str
    documents: int
    data: int
    storage: int
    indexes: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures over all; `None` where counting takes too long."""

    admins: int
    living_sessions: int | None


class Stats:
    """Looks at the database of `url`, in a connection of its own."""

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
        """How many admins there are, and how many sessions live now."""
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
    """When the first of its documents was made, by the index on `_id`, which begins with the time."""
    record = database[name].find_one({}, {"createdAt": 1}, sort=[("_id", ASCENDING)])
    if record is None or not isinstance(record["_id"], ObjectId):
        return None
    created = record.get("createdAt")
    return created if isinstance(created, datetime) else record["_id"].generation_time


def _counted(database: Data, living: dict[str, Any]) -> int | None:
    try:
        return database.sessions.count_documents(living, maxTimeMS=LONGEST_COUNT)
    except (ExecutionTimeout, NetworkTimeout):
        return None
