"""The periods in which secrets signed tokens; the secrets themselves are never stored."""

from mongoengine import DateTimeField, Document, StringField


class SigningSecret(Document):
    """A secret by its fingerprint, for one `kind` of token.

    `since` is when a process first started with it. `replaced_at` is when one started with another secret; it is empty
    while this one signs.
    """

    name = StringField(primary_key=True)
    kind = StringField(required=True)
    since = DateTimeField(required=True)
    replaced_at = DateTimeField(db_field="replacedAt")

    meta = {"collection": "signing_secrets", "auto_create_index": False, "strict": False}
