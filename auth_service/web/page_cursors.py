"""Encodes the position where a page ended as an opaque cursor, and decodes it."""

import base64
import binascii
from datetime import datetime, timedelta, timezone

from bson import ObjectId

from auth_service.database.paging import Position
from auth_service.errors import InvalidCursor

LONGEST_CURSOR = 64  # characters
LONGEST_TEXT = 1400  # characters: of 254 that take four bytes each
LATEST = 253402300799999  # milliseconds: the end of the year 9999
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)


def encode(position: Position | str | None) -> str | None:
    """The cursor of `position`: milliseconds since 1970 and an id, or a text behind a slash, in base64url."""
    if position is None:
        return None
    if isinstance(position, str):
        text = f"/{position}"
    else:
        text = f"{(position.time - EPOCH) // MILLISECOND}.{position.item_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None) -> Position | None:
    """The position that a cursor encodes.

    Raises:
        InvalidCursor: this service did not encode it.
    """
    if cursor is None:
        return None
    milliseconds, _, identifier = _plain(cursor, LONGEST_CURSOR).partition(".")
    if not (milliseconds.isdigit() and int(milliseconds) <= LATEST and ObjectId.is_valid(identifier)):
        raise InvalidCursor
    position = Position(EPOCH + int(milliseconds) * MILLISECOND, ObjectId(identifier))
    if encode(position) != cursor:  # Python's base64 ignores characters outside of the alphabet
        raise InvalidCursor
    return position


def decode_text(cursor: str | None) -> str | None:
    """The text that a cursor encodes.

    Raises:
        InvalidCursor: this service did not encode it.
    """
    if cursor is None:
        return None
    text = _plain(cursor, LONGEST_TEXT)
    if text[:1] != "/" or encode(text[1:]) != cursor:
        raise InvalidCursor
    return text[1:]


def _plain(cursor: str, longest: int) -> str:
    if len(cursor) > longest:
        raise InvalidCursor
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
