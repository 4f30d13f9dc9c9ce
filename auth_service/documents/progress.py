"""How far work that is repeated has come, so that the next run begins there."""

from mongoengine import DictField, Document, StringField


class Progress(Document):
    """Of the work `name`, all records up to and including the one that `after` describes are done.

    `after` has the fields that order the records, in that order, so that MongoDB compares two of them as positions.
    """

    name = StringField(primary_key=True)
    after = DictField(required=True)

    meta = {"collection": "progress", "auto_create_index": False, "strict": False}
