"""The sessions: the source of truth behind every token."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from bson import ObjectId
from mongoengine import DateTimeField, DictField, Document, FloatField, IntField, ListField, ObjectIdField, StringField

SESSIONS = "sessions"  # the collection
KEY = "key"  # the kind of an API key; a login's session has none


class EndReason(StrEnum):
    """Why a session ended; the `code` of a 401, the audit trail and the history use the same words."""

    LOGOUT = "logout"
    REVOKED_BY_USER = "revoked_by_user"
    REVOKED_BY_ADMIN = "revoked_by_admin"
    IDLE = "idle"
    ABSOLUTE = "absolute"
    REUSED_TOKEN = "reused_token"  # nosec B105 # a name
    CAP = "cap"
    PASSWORD_CHANGED = "password_changed"  # nosec B105 # a name
    USER_DELETED = "user_deleted"
    SUSPENDED = "suspended"
    EMAIL_CHANGED = "email_changed"
    FACTORS_CHANGED = "factors_changed"


class Session(Document):
    """One login of one user on one device.

    It is active while `ended_at` is empty and both limits lie ahead: `expires_at`, which every request moves on, and
    `absolute_expires_at`, which is never extended. `role` is the user's, so that one read decides a request.
    `refresh_hash` is the SHA-256, in hexadecimal, of the only valid refresh token, which expires at
    `refresh_expires_at`; `generation` is its place in the chain, `rotated_at` are the times of the latest rotations.
    An imported session has the digest of the one foreign token that may begin its chain, and the time of the import.
    An API key is a session of the kind `key`: it has a name, and the SHA-256 of its secret instead of a refresh token.
    `authenticated_at` is when its user last confirmed who they are; absent while nobody did since the login.
    `amr` is how its user proved who they are (RFC 8176), with `mfa` where it was by two factors.
    `tries` counts the codes of second factors that were typed in to confirm who uses it.
    `forbidden_at` is when the audit trail last got a refusal of this session.
    When the session ends, `truncated_ip` replaces `ip`, and the `coordinates`, latitude and longitude, are removed.
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
    generation = IntField(required=True, default=0)
    rotated_at = ListField(DateTimeField(), db_field="rotatedAt", default=None)
    imported_hash = StringField(db_field="importedHash")
    imported_at = DateTimeField(db_field="importedAt")
    kind = StringField(choices=[KEY])
    name = StringField()
    key_hash = StringField(db_field="keyHash")
    authenticated_at = DateTimeField(db_field="authenticatedAt")
    amr = ListField(StringField(), default=None)
    tries = DictField(default=None)
    forbidden_at = DateTimeField(db_field="forbiddenAt")
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": SESSIONS,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["session_id"], "unique": True},
            {"fields": ["user_id", "-ended_at", "-id"]},
            {"fields": ["kind", "user_id", "-ended_at", "-id"], "partialFilterExpression": {"kind": KEY}},
            {"fields": ["purge_at"], "expireAfterSeconds": 0},
        ],
    }

    @staticmethod
    def active(now: datetime) -> dict[str, Any]:
        """The condition of every query for sessions that are active at the moment `now`."""
        return {"endedAt": None, "expiresAt": {"$gt": now}, "absoluteExpiresAt": {"$gt": now}}

    @staticmethod
    def named(session_id: str, *, user_id: str | ObjectId | None = None) -> dict[str, Any]:
        """The condition of a query for the session with this id; with `user_id`, only if it is that user's."""
        owner = {} if user_id is None else {"userId": ObjectId(user_id)}
        return {"sessionId": session_id, **owner}
