"""Converts records of the Express service to the form of this one: plain values in and out, no database.

Fields that its older versions lacked are filled in. A record without an indispensable field is unusable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from bson import ObjectId

from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.user import ADMIN, USER
from auth_service.errors import InvalidRequest
from auth_service.geo.places import Places
from auth_service.services.accounts import email_addresses
from auth_service.services.origin import devices
from auth_service.services.origin.addresses import truncated
from auth_service.services.tokens.claims import digest

OldRecord = Mapping[str, Any]  # of any version of the Express service

SESSION_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
UNKNOWN = "unknown"
SECRETS = ("refreshToken", "refreshTokens", "accessToken")  # fields in which versions kept raw tokens of a user
ENDED = ("revoked", "isRevoked", "revokedAt", "endedAt", "loggedOutAt", "used", "isUsed")
ALIVE = ("isActive", "active", "valid", "isValid")


class Unusable(Exception):
    """A record that cannot be imported; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lifetimes of imported sessions, counted from the moment `now` of the import."""

    now: datetime
    idle: timedelta
    absolute: timedelta
    absolute_admin: timedelta
    history: timedelta


def user_id_of(record: OldRecord) -> ObjectId:
    """The id of a user.

    Raises:
        Unusable: it is not an ObjectId.
    """
    if not ObjectId.is_valid(record["_id"]):
        raise Unusable("its _id is no ObjectId")
    return ObjectId(record["_id"])


def user_record(record: OldRecord, *, now: datetime) -> UserRecord:
    """The record of a user in the form of this service; a record that has that form keeps its values.

    Raises:
        Unusable: its id is not an ObjectId, or its e-mail address is not valid.
    """
    created = _date(record.get("createdAt")) or _creation_time(record["_id"]) or now
    password, version = record.get("password"), record.get("authVersion")
    return UserRecord(
        _id=user_id_of(record),
        email=_canonical(record.get("email")),
        password=password if isinstance(password, str) else "",  # an empty one matches no password
        role=ADMIN if record.get("role") == ADMIN else USER,
        authVersion=version if isinstance(version, int) else 0,
        createdAt=created,
        updatedAt=_date(record.get("updatedAt")) or created,
    )


def session_record(
    record: OldRecord, token: OldRecord, *, user: UserRecord, limits: Limits, places: Places
) -> SessionRecord:
    """The record of an active session of `user`, whose refresh token is `token`.

    Its limits are counted from the import, so that an import does not log out users who have been logged in for long.
    """
    user_agent = devices.bounded(_text(record.get("userAgent")))
    device, ip = devices.recognise(user_agent), _text(record.get("ip")) or UNKNOWN
    created = _date(record.get("createdAt")) or _creation_time(record["_id"]) or limits.now
    absolute = limits.now + (limits.absolute_admin if user["role"] == ADMIN else limits.absolute)
    latest, token_hash = limits.now + limits.idle, digest(token["refreshToken"])
    return SessionRecord(
        _id=ObjectId(),
        sessionId=session_id_of(record),
        userId=user["_id"],
        role=user["role"],
        ip=ip,
        truncatedIp=truncated(ip),
        userAgent=user_agent,
        device=device.kind,
        browser=device.browser,
        os=device.os,
        location=_text(record.get("location")) or str(places.locate(ip)),
        createdAt=created,
        lastSeenAt=_date(record.get("updatedAt")) or created,
        expiresAt=min(expiry(record) or latest, latest),
        absoluteExpiresAt=absolute,
        refreshHash=token_hash,
        generation=0,
        refreshExpiresAt=expiry(token) or absolute,
        importedHash=token_hash,
        importedAt=limits.now,
        purgeAt=absolute + limits.history,
    )


def session_id_of(record: OldRecord) -> str:
    """The session id in the record of a session or a token; empty when it has no usable one."""
    text = str(record.get("sessionId") or "")
    return text if SESSION_ID.fullmatch(text) else ""


def is_active(record: OldRecord, now: datetime) -> bool:
    """Whether a session or a token has neither ended nor expired."""
    ended = any(record.get(name) for name in ENDED) or any(record.get(name) is False for name in ALIVE)
    expires_at = expiry(record)
    return not ended and (expires_at is None or expires_at > now)


def expiry(record: OldRecord) -> datetime | None:
    """The `expiresAt` of a record: a date, or a number of milliseconds since 1970; `None` when it is neither."""
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


def _creation_time(identifier: object) -> datetime | None:
    return identifier.generation_time if isinstance(identifier, ObjectId) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
