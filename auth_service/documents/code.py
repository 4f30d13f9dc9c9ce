"""Codes that were issued and neither used nor replaced."""

from mongoengine import BinaryField, DateTimeField, Document, IntField, ObjectIdField, StringField


class Code(Document):
    """A code for one purpose. Its text is derived from `random`, its id of 16 bytes, and `binding`, and never stored.

    `user_id` is absent in the code of a registration: there is no account yet, so its `address` and the `password`'s
    hash wait here. `tries` counts comparisons of a short code, which works only once it was mailed.
    `mailed_at` is when it was last mailed, by the mail `mailed_by`.
    """

    random = BinaryField(primary_key=True)
    purpose = StringField(required=True)
    user_id = ObjectIdField(db_field="userId")
    binding = StringField(required=True)
    address = StringField()
    password = StringField()
    tries = IntField(required=True, default=0)
    mailed_at = DateTimeField(db_field="mailedAt")
    mailed_by = ObjectIdField(db_field="mailedBy")
    created_at = DateTimeField(db_field="createdAt", required=True)
    expires_at = DateTimeField(db_field="expiresAt", required=True)

    meta = {
        "collection": "codes",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {
                "fields": ["user_id", "purpose", "binding"],
                "unique": True,
                "partialFilterExpression": {"userId": {"$exists": True}},
            },
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }
