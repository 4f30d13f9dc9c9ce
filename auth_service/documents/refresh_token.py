"""Refresh tokens that are kept apart from their session: used ones, and those of an imported service."""

from mongoengine import DateTimeField, Document, ObjectIdField, StringField


class RefreshToken(Document):
    """One refresh token of a session, used at `used_at`. `hash` is the SHA-256 of its text, in hexadecimal.

    The session itself holds the valid token and those used last. A token of an imported service has `imported_at`, and
    `used_at` once it was used.
    """

    hash = StringField(required=True)
    session_id = StringField(db_field="sessionId", required=True)
    user_id = ObjectIdField(db_field="userId", required=True)
    used_at = DateTimeField(db_field="usedAt")
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
