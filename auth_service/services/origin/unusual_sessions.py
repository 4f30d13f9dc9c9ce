"""Detects unusual logins: a new device, a new country, or impossible travel since the last login.

The devices and countries of earlier logins are kept on the account, in bounded lists, and written by the update that a
login makes anyway. An unusual login is marked and never refused.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from auth_service.documents.records import LastPlace, SessionRecord, UserRecord
from auth_service.services.origin import devices
from auth_service.services.origin.impossible_travel import is_impossible

MOST_DEVICES = 32
MOST_COUNTRIES = 64
LONGEST_FAMILY = 120  # characters


class Unusual(StrEnum):
    """The marks of an unusual session; the audit trail has event types of the same names."""

    NEW_DEVICE = "new_device"
    NEW_PLACE = "new_place"
    IMPOSSIBLE_TRAVEL = "impossible_travel"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is unusual about a session, and the operators `$set` and `$push` that record it on the account."""

    unusual: list[Unusual]
    fields: dict[str, Any]
    pushes: dict[str, Any]


def assess(user: UserRecord, session: SessionRecord) -> Sighting:
    """Compare a session that is being opened with the earlier logins of its user; the first login is not unusual."""
    family = " ".join(devices.family(session["userAgent"]))[:LONGEST_FAMILY].strip()
    country, seen_devices = session.get("countryCode"), user.get("seenDevices", [])
    new_device = family not in seen_devices
    new_country = bool(country) and country not in user.get("seenCountries", [])
    found = {
        Unusual.NEW_DEVICE: bool(seen_devices) and new_device,
        Unusual.NEW_PLACE: bool(seen_devices) and new_country,
        Unusual.IMPOSSIBLE_TRAVEL: is_impossible(user.get("lastPlace"), session),
    }
    pushes = {}
    if new_device:
        pushes["seenDevices"] = {"$each": [family], "$slice": -MOST_DEVICES}
    if new_country:
        pushes["seenCountries"] = {"$each": [country], "$slice": -MOST_COUNTRIES}
    return Sighting([each for each, holds in found.items() if holds], _last_place(session), pushes)


def _last_place(session: SessionRecord) -> dict[str, LastPlace]:
    """The field that records where and when the session was opened; none where its place is not known."""
    coordinates = session.get("coordinates")
    return {"lastPlace": LastPlace(coordinates=coordinates, at=session["createdAt"])} if coordinates else {}
