"""The chain of a session's refresh tokens, as its document keeps it: the valid token, its place, the latest rotations.

Each token carries its place in the chain, `gen`. The document holds the digest of the valid token, its place, and the
times of the rotations within the race window, of which there are at most `MOST_ROTATIONS`. Nothing is stored for a used
token: its place tells how many rotations ago it was used, and so when.
"""

from datetime import datetime, timedelta
from typing import Any

from auth_service.documents.records import SessionRecord

MOST_ROTATIONS = 32  # within the window


def valid(token_hash: str, generation: int) -> dict[str, Any]:
    """The condition of a query for a session whose valid token has this digest and place."""
    return {"refreshHash": token_hash, "generation": generation}


def has_room(now: datetime, window: timedelta) -> dict[str, Any]:
    """The condition of a query for a session that may be rotated once more within the race window."""
    full = f"rotatedAt.{MOST_ROTATIONS - 1}"
    return {"$or": [{full: {"$exists": False}}, {"rotatedAt.0": {"$lte": now - window}}]}


def room_after(session: SessionRecord, now: datetime, window: timedelta) -> timedelta:
    """How long until the session may be rotated again; zero when it may be now."""
    times = session.get("rotatedAt", [])
    if len(times) < MOST_ROTATIONS:
        return timedelta(0)
    return max(timedelta(0), times[0] + window - now)


def advance(
    *, token_hash: str, generation: int, expires_at: datetime, now: datetime, window: timedelta
) -> dict[str, Any]:
    """The fields that make another token the valid one, for a `$set` in the pipeline of an update.

    Rotations that left the window are dropped from the front alone, so that the times that stay belong to the latest
    rotations without a gap, also when a clock was set back.
    """
    kept = {
        "$reduce": {
            "input": {"$ifNull": ["$rotatedAt", []]},
            "initialValue": [],
            "in": {
                "$cond": [
                    {"$or": [{"$gt": [{"$size": "$$value"}, 0]}, {"$gt": ["$$this", now - window]}]},
                    {"$concatArrays": ["$$value", ["$$this"]]},
                    [],
                ]
            },
        }
    }
    return {
        "refreshHash": token_hash,
        "generation": generation,
        "refreshExpiresAt": expires_at,
        "rotatedAt": {"$slice": [{"$concatArrays": [kept, [now]]}, -MOST_ROTATIONS]},
    }


def used_at(session: SessionRecord, generation: int) -> datetime | None:
    """When the token of an earlier place was used; `None` when that was before the window."""
    times, rotations = session.get("rotatedAt", []), session["generation"] - generation
    return times[-rotations] if 0 < rotations <= len(times) else None
