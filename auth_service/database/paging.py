"""Pages that stay stable while records come and go: each begins after the last record of the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.collection import Collection

Item = TypeVar("Item")


class Position(NamedTuple):
    """Where a page ended: the time and the id of its last record."""

    time: datetime
    id: ObjectId


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some records, newest first, and where the next page begins; `None` on the last."""

    items: Sequence[Item]
    next: Position | None


def newest_first(
    collection: Collection[Any], condition: Mapping[str, Any], *, time_key: str, limit: int, after: Position | None
) -> Page[Any]:
    """A page of the records that meet `condition`, newest first by `time_key`, which should be indexed."""
    if after is not None:
        earlier = [{time_key: {"$lt": after.time}}, {"_id": {"$lt": after.id}}]
        condition = {"$and": [condition, {time_key: {"$lte": after.time}}, {"$or": earlier}]}
    found = list(collection.find(condition).sort([(time_key, DESCENDING), ("_id", DESCENDING)]).limit(limit + 1))
    items, more = found[:limit], len(found) > limit
    return Page(items=items, next=Position(items[-1][time_key], items[-1]["_id"]) if more else None)
