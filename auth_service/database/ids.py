"""Parses ids from requests, so that no query operator reaches MongoDB in the place of an id."""

from bson import ObjectId

from auth_service.errors import InvalidId


def object_id(text: str) -> ObjectId:
    """The ObjectId that `text`, 24 hexadecimal digits, stands for.

    Raises:
        InvalidId: `text` is anything else.
    """
    if not isinstance(text, str) or not ObjectId.is_valid(text):
        raise InvalidId
    return ObjectId(text)
