"""What the records of the Express service say, and what they become here. Plain values in and out, no database.

Fields that older versions lacked are filled in; what a record cannot do without makes it unusable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from bson import ObjectId

from auth_service.documents.user import ADMIN, USER
from auth_service.errors import InvalidRequest
from auth_service.geo.places import Places
from auth_service.services.accounts import email_addresses
from auth_service.services.origin import devices
from auth_service.services.origin.addresses import truncated

Record = dict[str, Any]

SESSION_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
UNKNOWN = "unknown"
SECRETS = ("refreshToken", "refreshTokens", "accessToken")  # where a version may have kept raw tokens of a user
ENDED = ("revoked", "isRevoked", "revokedAt", "endedAt", "loggedOutAt", "used", "isUsed")
ALIVE = ("isActive", "active", "valid", "isValid")


class Unusable(Exception):
    """A record that cannot be taken over; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a session from the moment of the import on."""

    now: datetime
    idle: timedelta
    absolute: timedelta
    absolute_admin: timedelta
    history: timedelta


def user_id_of(record: Mapping[str, Any]) -> ObjectId:
    """The id of a user.

    Raises:
        Unusable: it is none that this service knows.
    """
    if not ObjectId.is_valid(record["_id"]):
        raise Unusable("its _id is no ObjectId")
    return ObjectId(record["_id"])


def user_fields(record: Mapping[str, Any], *, now: datetime) -> Record:
    """The fields of a user in the form they have here; a record in that form stays as it is.

    Raises:
        Unusable: its e-mail address is none.
    """
    created = _date(record.get("createdAt")) or _born(record["_id"]) or now
    password, version = record.get("password"), record.get("authVersion")
    return {
        "email": _canonical(record.get("email")),
        "password": password if isinstance(password, str) else "",  # an empty one matches nothing
        "role": ADMIN if record.get("role") == ADMIN else USER,
        "authVersion": version if isinstance(version, int) else 0,
        "createdAt": created,
        "updatedAt": _date(record.get("updatedAt")) or created,
    }


def session_fields(
    record: Mapping[str, Any], *, user_id: ObjectId, role: str, limits: Limits, places: Places
) -> Record:
    """The fields of a living session; its limits begin anew, else who was always logged in would be logged out."""
    user_agent = devices.bounded(_text(record.get("userAgent")))
    device, ip = devices.recognise(user_agent), _text(record.get("ip")) or UNKNOWN
    created = _date(record.get("createdAt")) or _born(record["_id"]) or limits.now
    absolute = limits.now + (limits.absolute_admin if role == ADMIN else limits.absolute)
    expires_at = expiry(record)
    return {
        "sessionId": session_id_of(record),
        "userId": user_id,
        "role": role,
        "ip": ip,
        "truncatedIp": truncated(ip),
        "userAgent": user_agent,
        "device": device.kind,
        "browser": device.browser,
        "os": device.os,
        "location": _text(record.get("location")) or str(places.locate(ip)),
        "createdAt": created,
        "lastSeenAt": _date(record.get("updatedAt")) or created,
        "expiresAt": min(expires_at or limits.now + limits.idle, limits.now + limits.idle),
        "absoluteExpiresAt": absolute,
        "purgeAt": absolute + limits.history,
    }


def session_id_of(record: Mapping[str, Any]) -> str:
    """The id of the session that a session's or a token's record is of; empty when it has none that is usable."""
    text = str(record.get("sessionId") or "")
    return text if SESSION_ID.fullmatch(text) else ""


def is_living(record: Mapping[str, Any], now: datetime) -> bool:
    """Whether a session or a token had not ended and has not expired."""
    ended = any(record.get(name) for name in ENDED) or any(record.get(name) is False for name in ALIVE)
    expires_at = expiry(record)
    return not ended and (expires_at is None or expires_at > now)


def expiry(record: Mapping[str, Any]) -> datetime | None:
    """Its `expiresAt`, which was a number of milliseconds."""
    value = record.get("expiresAt")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2**43:
        return datetime.fromtimestamp(int(value) // 1000, timezone.utc) + timedelta(milliseconds=int(value) % 1000)
    return _date(value)


def _canonical(email: object) -> str:
    if not isinstance(email, str):
        raise Unusable("it has no e-mail address")
    try:
        return email_addresses.canonical(email)
    except InvalidRequest:
        raise Unusable("its e-mail address is not valid") from None


def _date(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _born(id: object) -> datetime | None:
    return id.generation_time if isinstance(id, ObjectId) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
