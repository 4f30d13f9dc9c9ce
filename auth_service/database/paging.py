"""Keyset pagination: a page begins after the last item of the one before, so changes in between do not shift it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from bson import ObjectId
from mongoengine import Document, Q

Item = TypeVar("Item", bound=Document)


class Position(NamedTuple):
    """Where a page ends: the time and the id of its last item."""

    time: datetime
    item_id: ObjectId


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items, newest first, and where this page ends; `end` is `None` on the last page."""

    items: Sequence[Item]
    end: Position | None


def newest_first(query: Any, *, time_field: str, limit: int, after: Position | None) -> Page[Any]:
    """The page of the results of `query` that begins after the position `after`, by descending `time_field` and id.

    With an index on `time_field` and id every page costs the same. `limit` is the number of items, at least 1.
    """
    if after is not None:
        earlier = Q(**{f"{time_field}__lt": after.time})
        query = query.filter(Q(**{f"{time_field}__lte": after.time}) & (earlier | Q(id__lt=after.item_id)))
    found = list(query.order_by(f"-{time_field}", "-id").limit(limit + 1))
    items, has_more = found[:limit], len(found) > limit
    return Page(items=items, end=Position(getattr(items[-1], time_field), items[-1].id) if has_more else None)
