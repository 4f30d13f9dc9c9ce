"""The recovery codes of accounts."""

from mongoengine import Document, ListField, ObjectIdField


class RecoveryCodes(Document):
    """The codes of one user; each has the SHA-256 of its text as `hash`, and `usedAt` once it was used."""

    user_id = ObjectIdField(primary_key=True)
    codes = ListField(required=True)

    meta = {"collection": "recovery_codes", "auto_create_index": False, "strict": False}
