"""Turns an id from outside into one for a query; nothing but a string of the right form gets there."""

from bson import ObjectId

from auth_service.errors import InvalidId


def object_id(text: str) -> ObjectId:
    """The ObjectId that `text`, 24 hexadecimal digits, stands for.

    Raises:
        InvalidId: it is anything else.
    """
    if not isinstance(text, str) or not ObjectId.is_valid(text):
        raise InvalidId
    return ObjectId(text)
