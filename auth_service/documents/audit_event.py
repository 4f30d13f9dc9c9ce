"""The audit trail: what happened to accounts and sessions."""

from mongoengine import DateTimeField, Document, ObjectIdField, StringField


class AuditEvent(Document):
    """One event: who, when, what, from where, with which outcome and why. Never a password, a token or a hash."""

    created_at = DateTimeField(db_field="createdAt", required=True)
    type = StringField(required=True)
    outcome = StringField(required=True, choices=["success", "failure"])
    reason = StringField()
    user_id = ObjectIdField(db_field="userId")
    actor_id = ObjectIdField(db_field="actorId")
    session_id = StringField(db_field="sessionId")
    ip = StringField(required=True)
    request_id = StringField(db_field="requestId")
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": "audit_events",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["-created_at", "-id"]},
            {"fields": ["user_id", "-created_at", "-id"]},
            {"fields": ["type", "-created_at", "-id"]},
            {"fields": ["user_id", "type", "-created_at", "-id"]},
            {"fields": ["purge_at"], "expireAfterSeconds": 0},
        ],
    }
