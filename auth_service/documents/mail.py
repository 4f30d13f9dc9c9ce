"""The queue of mails: those that wait, and for a while those that were sent or could not be."""

from enum import StrEnum

from mongoengine import BinaryField, DateTimeField, DictField, Document, IntField, ObjectIdField, StringField

MAILS = "mails"  # the collection


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Mail(Document):
    """A mail of a `kind`, to the address `to` or to that of the user `user_id`.

    A worker that claims it moves `due_at` on: if the worker dies, another one takes the mail when that time comes.
    `allowance` is the key that decided mails are counted by, since `decided_at`. Once it is sent, the address and the
    values are removed. A dead mail keeps them, so that the operator can retry it.
    """

    kind = StringField(required=True)
    to = StringField()
    user_id = ObjectIdField(db_field="userId")
    language = StringField(required=True)
    values = DictField()
    code_id = BinaryField(db_field="codeId")
    state = StringField(required=True, choices=list(MailState))
    attempts = IntField(required=True, default=0)
    due_at = DateTimeField(db_field="dueAt", required=True)
    allowance = StringField()
    decided_at = DateTimeField(db_field="decidedAt")
    last_error = StringField(db_field="lastError")
    created_at = DateTimeField(db_field="createdAt", required=True)
    purge_at = DateTimeField(db_field="purgeAt", required=True)

    meta = {
        "collection": MAILS,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["state", "due_at", "id"]},
            {
                "fields": ["allowance", "decided_at"],
                "partialFilterExpression": {"allowance": {"$exists": True}},
            },
            {"fields": ["purge_at"], "expireAfterSeconds": 0},
        ],
    }
