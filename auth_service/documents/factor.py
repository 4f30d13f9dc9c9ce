"""The second factors of accounts: authenticator apps and passkeys."""

from enum import StrEnum

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

FACTORS = "factors"  # the collection


class FactorKind(StrEnum):
    """What a factor is."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Factor(Document):
    """An authenticator app that makes codes (RFC 6238), or a passkey (WebAuthn). `name` is what its user calls it.

    An app has a secret, `sealed` by the key with the fingerprint `sealed_by`, and the `last_step`, whose code and those
    of earlier steps are used up. It waits for its first code until `pending_until`, and then is no factor yet.
    A passkey was made for `host`. It has a `credential_id`, a `public_key` (COSE, RFC 9052), and a `sign_count` that
    only grows unless it is zero. `suspect_at` is when a count that did not grow showed that there is a copy of it.
    """

    user_id = ObjectIdField(db_field="userId", required=True)
    kind = StringField(required=True, choices=list(FactorKind))
    name = StringField(required=True)
    created_at = DateTimeField(db_field="createdAt", required=True)
    pending_until = DateTimeField(db_field="pendingUntil")
    last_used_at = DateTimeField(db_field="lastUsedAt")
    sealed = BinaryField()
    sealed_by = StringField(db_field="sealedBy")
    last_step = IntField(db_field="lastStep")
    credential_id = BinaryField(db_field="credentialId")
    public_key = BinaryField(db_field="publicKey")
    sign_count = IntField(db_field="signCount")
    host = StringField()
    transports = ListField(StringField(), default=None)
    backup_eligible = BooleanField(db_field="backupEligible")
    backed_up = BooleanField(db_field="backedUp")
    suspect_at = DateTimeField(db_field="suspectAt")

    meta = {
        "collection": FACTORS,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["user_id"]},
            {
                "fields": ["credential_id"],
                "unique": True,
                "partialFilterExpression": {"credentialId": {"$exists": True}},
            },
            {"fields": ["pending_until"], "expireAfterSeconds": 0},
        ],
    }
