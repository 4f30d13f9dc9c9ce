"""A document that exists to be written: transactions that must not pass each other all touch the same one."""

from mongoengine import Document, IntField, StringField

ADMINS = "admins"


class Guard(Document):
    """MongoDB's transactions allow write skew; two that both write one guard conflict instead, and one starts again."""

    name = StringField(primary_key=True)
    writes = IntField(required=True, default=0)

    meta = {"collection": "guards", "auto_create_index": False, "strict": False}
