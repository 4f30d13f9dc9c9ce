"""Encodes the position where a page ended as an opaque cursor, and decodes it."""

import base64
import binascii
from datetime import datetime, timedelta, timezone

from bson import ObjectId

from auth_service.database.paging import Position
from auth_service.errors import InvalidCursor

LONGEST_CURSOR = 64  # characters
LATEST = 253402300799999  # milliseconds: the end of the year 9999
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)


def encode(position: Position | None) -> str | None:
    """The cursor of `position`: milliseconds since 1970 and an id, in base64url."""
    if position is None:
        return None
    text = f"{(position.time - EPOCH) // MILLISECOND}.{position.item_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None) -> Position | None:
    """The position that a cursor encodes.

    Raises:
        InvalidCursor: this service did not encode it.
    """
    if cursor is None:
        return None
    milliseconds, _, identifier = _plain(cursor).partition(".")
    if not (milliseconds.isdigit() and int(milliseconds) <= LATEST and ObjectId.is_valid(identifier)):
        raise InvalidCursor
    position = Position(EPOCH + int(milliseconds) * MILLISECOND, ObjectId(identifier))
    if encode(position) != cursor:  # Python's base64 ignores characters outside of the alphabet
        raise InvalidCursor
    return position


def _plain(cursor: str) -> str:
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidCursor
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
