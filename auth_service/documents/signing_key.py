"""The periods in which keys were published and signed; of a key its id alone is stored."""

from mongoengine import DateTimeField, Document, StringField


class PublishedKey(Document):
    """A key of access tokens by its id (RFC 7638).

    `published_at` is when a process first published it, `withdrawn_at` when one started without it, and `signs_since`
    when one first signed with it; the latter two are empty while that is not so.
    """

    kid = StringField(primary_key=True)
    published_at = DateTimeField(required=True, db_field="publishedAt")
    withdrawn_at = DateTimeField(db_field="withdrawnAt")
    signs_since = DateTimeField(db_field="signsSince")

    meta = {"collection": "signing_keys", "auto_create_index": False, "strict": False}
