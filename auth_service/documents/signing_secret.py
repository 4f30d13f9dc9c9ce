"""What is remembered of a secret that signs tokens: when it did, never the secret."""

from mongoengine import DateTimeField, Document, StringField


class SigningSecret(Document):
    """A secret by its fingerprint, for one `kind` of token.

    A process first started with it at `since`. It signs while `replaced_at` is empty; then one started with another.
    """

    name = StringField(primary_key=True)
    kind = StringField(required=True)
    since = DateTimeField(required=True)
    replaced_at = DateTimeField(db_field="replacedAt")

    meta = {"collection": "signing_secrets", "auto_create_index": False, "strict": False}
