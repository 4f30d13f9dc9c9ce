"""How often something was done in the present window of its rate limit."""

from mongoengine import DateTimeField, Document, IntField, StringField


class RateLimitCounter(Document):
    """A counter of a fixed window that ends at `expire_at`; `key` says of what, in the form of the library `limits`."""

    key = StringField(primary_key=True)
    count = IntField(required=True)
    expire_at = DateTimeField(db_field="expireAt", required=True)

    meta = {
        "collection": "rate_limits",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["expire_at"], "expireAfterSeconds": 0}],
    }
