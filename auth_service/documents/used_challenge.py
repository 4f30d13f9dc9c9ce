"""The challenges that passkeys have answered."""

from mongoengine import BinaryField, DateTimeField, Document


class UsedChallenge(Document):
    """A challenge that was used up, by its random id; one that is only issued is not stored."""

    random = BinaryField(primary_key=True)
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": "used_challenges",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["purge_at"], "expireAfterSeconds": 0}],
    }
