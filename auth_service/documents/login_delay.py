"""How many wrong passwords came for an account lately, and until when the next is not looked at."""

from mongoengine import DateTimeField, Document, IntField, StringField


class LoginDelay(Document):
    """A counter; `key` says of what: an account, an account from an address, or one of an account's known devices."""

    key = StringField(primary_key=True)
    failures = IntField(required=True)
    until = DateTimeField(required=True)
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": "login_delays",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["purge_at"], "expireAfterSeconds": 0}],
    }
