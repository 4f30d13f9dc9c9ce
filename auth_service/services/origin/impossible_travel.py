"""Impossible travel: two logins of one user, too far apart for the time between them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from auth_service.documents.records import LastPlace, SessionRecord

FASTEST = 1000  # km/h that a traveller can reach
NEARBY = 100  # km, below which no travel is impossible: coordinates are coarse
EARTH_RADIUS = 6371  # km


def is_impossible(last: LastPlace | None, session: SessionRecord) -> bool:
    """Whether the way from the last place to the session's takes longer than the time between them."""
    coordinates = session.get("coordinates")
    if not last or not coordinates:
        return False
    distance = kilometres(last["coordinates"], coordinates)
    return distance > NEARBY and distance > FASTEST * _hours(last["at"], session["createdAt"])


def _hours(since: datetime, until: datetime) -> float:
    return max(until - since, timedelta(0)) / timedelta(hours=1)


def kilometres(one: Sequence[float], other: Sequence[float]) -> float:
    """The great-circle distance between two places, each given as latitude and longitude in degrees (haversine)."""
    (lat1, lon1), (lat2, lon2) = ([radians(degrees) for degrees in place] for place in (one, other))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, chord)))
