"""What an account was seen with, and whether a new session is unlike that: device, country, or too far too soon.

It is kept on the account, in lists that are bounded, and written with the update that a login makes anyway. Nothing is
refused for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any

from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.services.origin import devices

MOST_DEVICES = 32
MOST_COUNTRIES = 64
LONGEST_FAMILY = 120  # characters
FASTEST = 1000  # km/h
NEARBY = 100  # km: coordinates are coarse, and two cities can be one
EARTH_RADIUS = 6371  # km

Update = dict[str, Any]


class Unusual(StrEnum):
    """What a session can be marked with; the same words are events of the audit trail."""

    NEW_DEVICE = "new_device"
    NEW_PLACE = "new_place"
    IMPOSSIBLE_TRAVEL = "impossible_travel"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is unusual about a session, and how the account remembers having seen it: what is set, what is pushed."""

    unusual: list[Unusual]
    set: Update
    push: Update


def assess(user: User, session: Session) -> Sighting:
    """Hold a session that is being opened against what the account was seen with; the very first is usual."""
    family = " ".join(devices.family(session.user_agent))[:LONGEST_FAMILY].strip()
    country, seen_before = session.country_code, bool(user.seen_devices)
    new_device = family not in user.seen_devices
    new_country = bool(country) and country not in user.seen_countries
    found = {
        Unusual.NEW_DEVICE: seen_before and new_device,
        Unusual.NEW_PLACE: seen_before and new_country,
        Unusual.IMPOSSIBLE_TRAVEL: _is_too_fast(user.last_place, session),
    }
    push = {}
    if new_device:
        push["seenDevices"] = {"$each": [family], "$slice": -MOST_DEVICES}
    if new_country:
        push["seenCountries"] = {"$each": [country], "$slice": -MOST_COUNTRIES}
    here = {"coordinates": list(session.coordinates), "at": session.created_at} if session.coordinates else None
    return Sighting(
        [each for each, holds in found.items() if holds],
        {"lastPlace": here} if here else {},
        {"$push": push} if push else {},
    )


def _is_too_fast(last: dict[str, Any] | None, session: Session) -> bool:
    """Whether nobody can have come here from the last known place since."""
    if not last or not session.coordinates:
        return False
    distance = kilometres(tuple(last["coordinates"]), tuple(session.coordinates))
    return distance > NEARBY and distance > FASTEST * _hours(last["at"], session.created_at)


def _hours(since: datetime, until: datetime) -> float:
    return max(until - since, timedelta(0)) / timedelta(hours=1)


def kilometres(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The way over the globe between two places, given as latitude and longitude in degrees (haversine)."""
    (lat1, lon1), (lat2, lon2) = ([radians(degrees) for degrees in place] for place in (one, other))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, chord)))
