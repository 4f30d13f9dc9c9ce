"""How many mails wait to be sent, how long the oldest of them has, and how many could not be sent.

The work is bounded: keys of one index are read, and no mail. Beyond `COUNTED` mails the figures say "at least".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth_service.documents.mail import Mail, MailState

COUNTED = 10_000  # keys of the index that are read


@dataclass(frozen=True, slots=True)
class Backlog:
    """The mails that wait, at most `COUNTED` of them; when the oldest was queued, to the second; the dead ones."""

    waiting: int
    oldest: datetime | None
    dead: int


def backlog() -> Backlog:
    """The figures of now.

    Raises:
        pymongo.errors.PyMongoError: the database does not answer.
    """
    waiting, dead = (_figures(state) for state in (MailState.WAITING, MailState.DEAD))
    return Backlog(
        waiting=waiting.get("number", 0),
        oldest=waiting["oldest"].generation_time if waiting else None,
        dead=dead.get("number", 0),
    )


def _figures(state: MailState) -> dict[str, Any]:
    """The number of mails in this state and the lowest id, which begins with the time; empty where there are none."""
    pipeline = [
        {"$match": {"state": state.value}},
        {"$limit": COUNTED},
        {"$group": {"_id": None, "number": {"$sum": 1}, "oldest": {"$min": "$_id"}}},
    ]
    found: dict[str, Any] | None = next(iter(Mail._get_collection().aggregate(pipeline)), None)
    return found or {}
