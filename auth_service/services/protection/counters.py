"""Where rate limits are counted: in the service's own MongoDB, or in a Redis that several installations share."""

from datetime import datetime, timezone

from limits.storage import Storage, storage_from_string
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from auth_service.database.connection import ping
from auth_service.documents.rate_limit import RateLimitCounter

REDIS_TIMEOUT = 1  # second


class MongoDBCounters(Storage):
    """The counters of fixed windows, for the library `limits`, on the client that the service has."""

    STORAGE_SCHEME = ["auth-service-mongodb"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the driver raises."""
        return PyMongoError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Raise the counter `key` by `amount` and return it; a window lasts `expiry` seconds from its first call on.

        A negative `amount` gives calls back. It leaves 0 at least, also when their window is over.
        """
        window = {"$add": ["$$NOW", expiry * 1000]}
        over = {"$lte": [{"$ifNull": ["$expireAt", "$$NOW"]}, "$$NOW"]}
        record = RateLimitCounter._get_collection().find_one_and_update(
            {"_id": key},
            [
                {
                    "$set": {
                        "count": {"$max": [0, {"$cond": [over, amount, {"$add": ["$count", amount]}]}]},
                        "expireAt": {"$cond": [over, window, "$expireAt"]},
                    }
                }
            ],
            upsert=True,
            projection=["count"],
            return_document=ReturnDocument.AFTER,
        )
        return int(record["count"])

    def get(self, key: str) -> int:
        """The counter `key` in its present window."""
        present = {"_id": key, "expireAt": {"$gt": _now()}}
        record = RateLimitCounter._get_collection().find_one(present, ["count"])
        return int(record["count"]) if record else 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since 1970."""
        record = RateLimitCounter._get_collection().find_one({"_id": key}, ["expireAt"])
        moment: datetime = record["expireAt"] if record else _now()
        return moment.timestamp()

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            ping()
        except PyMongoError:
            return False
        return True

    def reset(self) -> int:
        """Forget all counters; how many there were."""
        return int(RateLimitCounter._get_collection().delete_many({}).deleted_count)

    def clear(self, key: str) -> None:
        """Forget one counter."""
        RateLimitCounter._get_collection().delete_one({"_id": key})


def open_counters(redis_url: str | None) -> Storage:
    """The counters at `redis_url`, or, without one, in the service's MongoDB."""
    if redis_url is None:
        return MongoDBCounters()
    times = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    storage = storage_from_string(redis_url, wrap_exceptions=True, **times)
    assert isinstance(storage, Storage)
    return storage


def _now() -> datetime:
    return datetime.now(timezone.utc)
