"""The trace of a refresh token: its hash, and whether it was used."""

from mongoengine import DateTimeField, Document, ObjectIdField, StringField


class RefreshToken(Document):
    """One refresh token of a session, unused until `used_at` is set. `hash` is the SHA-256 of its text, in hex.

    `successor` is the hash of the token that was given for it. One that another service made has `imported_at`.
    """

    hash = StringField(required=True)
    session_id = StringField(db_field="sessionId", required=True)
    user_id = ObjectIdField(db_field="userId", required=True)
    created_at = DateTimeField(db_field="createdAt", required=True)
    expires_at = DateTimeField(db_field="expiresAt", required=True)
    used_at = DateTimeField(db_field="usedAt")
    successor = StringField()
    imported_at = DateTimeField(db_field="importedAt")
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": "refresh_tokens",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["hash"], "unique": True},
            {"fields": ["session_id"]},
            {"fields": ["user_id"]},
            {"fields": ["purge_at"], "expireAfterSeconds": 0},
        ],
    }
