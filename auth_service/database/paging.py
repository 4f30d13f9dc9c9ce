"""Pages that stay stable while things come and go: each begins behind the last thing shown, never at a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from bson import ObjectId
from mongoengine import Document, Q

Item = TypeVar("Item", bound=Document)


class Position(NamedTuple):
    """Where a page ended: the last thing's time and id."""

    time: datetime
    id: ObjectId


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some things, newest first, and where the next page begins; `None` on the last."""

    items: Sequence[Item]
    next: Position | None


def newest_first(query: Any, *, time_field: str, limit: int, after: Position | None) -> Page[Any]:
    """A page of what `query` finds, by descending `time_field`; an index on it makes every page cost the same."""
    if after is not None:
        earlier = Q(**{f"{time_field}__lt": after.time})
        query = query.filter(Q(**{f"{time_field}__lte": after.time}) & (earlier | Q(id__lt=after.id)))
    found = list(query.order_by(f"-{time_field}", "-id").limit(limit + 1))
    shown = found[:limit]
    more = len(found) > limit
    return Page(items=shown, next=Position(getattr(shown[-1], time_field), shown[-1].id) if more else None)
