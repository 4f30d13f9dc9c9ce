"""Counters of failed logins, and until when further logins are refused."""

from mongoengine import DateTimeField, Document, IntField, StringField


class LoginDelay(Document):
    """A counter for `key`: an account, an account from one address, or one of its known devices."""

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
