"""Guards: documents that exist to be written by transactions that must not run side by side."""

from mongoengine import Document, IntField, StringField

ADMINS = "admins"


class Guard(Document):
    """MongoDB's transactions allow write skew. Two that write the same guard conflict, and one of them starts again."""

    name = StringField(primary_key=True)
    writes = IntField(required=True, default=0)

    meta = {"collection": "guards", "auto_create_index": False, "strict": False}
