"""A login that lasts: the source of truth behind every token."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from mongoengine import DateTimeField, DictField, Document, FloatField, ListField, ObjectIdField, StringField


class EndReason(StrEnum):
    """Why a session ended: the same word in the 401's `code`, in the audit trail and in the history."""

    LOGOUT = "logout"
    REVOKED_BY_USER = "revoked_by_user"
    REVOKED_BY_ADMIN = "revoked_by_admin"
    IDLE = "idle"
    ABSOLUTE = "absolute"
    REUSED_TOKEN = "reused_token"  # nosec B105 # a name
    CAP = "cap"
    PASSWORD_CHANGED = "password_changed"  # nosec B105 # a name
    USER_DELETED = "user_deleted"


class Session(Document):
    """One login of one user on one device.

    It lives while `ended_at` is empty and both limits lie ahead: `expires_at`, which every request slides, and
    `absolute_expires_at`, which nothing lengthens. `role` is the user's, so that one read decides a request.
    `refresh_hash` is the SHA-256, in hex, of the one refresh token that works next, until `refresh_expires_at`;
    `used_tokens` are those used last, each with its `hash` and `usedAt`.
    When it ends, `truncated_ip` takes the place of `ip`, and the `coordinates`, latitude and longitude, go.
    """

    session_id = StringField(db_field="sessionId", required=True)
    user_id = ObjectIdField(db_field="userId", required=True)
    role = StringField(required=True)
    ip = StringField(required=True)
    truncated_ip = StringField(db_field="truncatedIp")
    user_agent = StringField(db_field="userAgent", required=True)
    device = StringField(required=True)
    browser = StringField(required=True)
    os = StringField(required=True)
    location = StringField(required=True)
    city = StringField()
    region = StringField()
    country = StringField()
    country_code = StringField(db_field="countryCode")
    coordinates = ListField(FloatField(), default=None)
    unusual = ListField(StringField())
    created_at = DateTimeField(db_field="createdAt", required=True)
    last_seen_at = DateTimeField(db_field="lastSeenAt", required=True)
    expires_at = DateTimeField(db_field="expiresAt", required=True)
    absolute_expires_at = DateTimeField(db_field="absoluteExpiresAt", required=True)
    ended_at = DateTimeField(db_field="endedAt")
    reason = StringField(choices=list(EndReason))
    refresh_hash = StringField(db_field="refreshHash")
    refresh_expires_at = DateTimeField(db_field="refreshExpiresAt")
    used_tokens = ListField(DictField(), db_field="usedTokens", default=None)
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": "sessions",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["session_id"], "unique": True},
            {"fields": ["user_id", "-ended_at", "-id"]},
            {"fields": ["purge_at"], "expireAfterSeconds": 0},
        ],
    }

    @staticmethod
    def active(now: datetime) -> dict[str, Any]:
        """The condition of every query for sessions that live at the moment `now`."""
        return {"endedAt": None, "expiresAt": {"$gt": now}, "absoluteExpiresAt": {"$gt": now}}

    @property
    def effective_expires_at(self) -> datetime:
        """When it runs out if nobody uses it again."""
        earlier: datetime = min(self.expires_at, self.absolute_expires_at)
        return earlier
