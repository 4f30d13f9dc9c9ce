"""Codes that were issued and neither used nor replaced."""

from mongoengine import BinaryField, DateTimeField, Document, ObjectIdField, StringField


class Code(Document):
    """A code of a user for one purpose. Its text is derived from `random`, its id of 16 bytes, and never stored."""

    random = BinaryField(primary_key=True)
    purpose = StringField(required=True)
    user_id = ObjectIdField(db_field="userId", required=True)
    created_at = DateTimeField(db_field="createdAt", required=True)
    expires_at = DateTimeField(db_field="expiresAt", required=True)

    meta = {
        "collection": "codes",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["user_id", "purpose"]}, {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }
