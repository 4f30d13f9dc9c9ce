"""Keyset pagination: a page begins after the last item of the one before, so changes in between do not shift it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.collection import Collection

Item = TypeVar("Item")


class Position(NamedTuple):
    """Where a page ends: the time and the id of its last item."""

    time: datetime
    item_id: ObjectId


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items, newest first, and where this page ends; `end` is `None` on the last page."""

    items: Sequence[Item]
    end: Position | None


def newest_first(
    collection: Collection[Any], condition: Mapping[str, Any], *, time_key: str, limit: int, after: Position | None
) -> Page[Any]:
    """The page of the records that meet `condition` after the position `after`, by descending `time_key` and id.

    With an index on `time_key` and id every page costs the same, also where many records have the same time: the two
    ranges after a position are read beside each other. `limit` is the number of records, at least 1.
    """
    if after is not None:
        earlier = {"$and": [condition, {time_key: {"$lt": after.time}}]}
        beside = {"$and": [condition, {time_key: after.time, "_id": {"$lt": after.item_id}}]}
        condition = {"$or": [earlier, beside]}
    found = list(collection.find(condition).sort([(time_key, DESCENDING), ("_id", DESCENDING)]).limit(limit + 1))
    items, has_more = found[:limit], len(found) > limit
    return Page(items=items, end=Position(items[-1][time_key], items[-1]["_id"]) if has_more else None)
