"""The second factors of an account: authenticator apps, passkeys and recovery codes. They are part of its document.

So a second step reads the account and counts the try in one command, and uses the factor up in the one that opens the
session.
"""

from enum import StrEnum

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

SECOND_FACTOR = "secondFactor"  # the field of a user; absent where there is no factor


class FactorKind(StrEnum):
    """What a factor is; also the name of the list that holds those of its kind."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Factor(EmbeddedDocument):
    """An authenticator app that makes codes (RFC 6238), or a passkey (WebAuthn). `name` is what its user calls it.

    An app has a secret, `sealed` by the key with the fingerprint `sealed_by`, and the `last_step`, whose code and those
    of earlier steps are used up. While it waits for its first code, until `pending_until`, it is no factor yet.
    A passkey was made for `host`. It has a `credential_id`, a `public_key` (COSE, RFC 9052), and a `sign_count` that
    only grows unless it is zero. `suspect_at` is when a count that did not grow showed that there is a copy of it.
    """

    id = ObjectIdField(db_field="_id", required=True)
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

    meta = {"strict": False}


class SecondFactor(EmbeddedDocument):
    """What an account can present beside its password, `since` when it can, and the `tries` that were counted.

    A recovery code has the SHA-256 of its text as `hash`, and `usedAt` once it was used.
    """

    since = DateTimeField(required=True)
    totp = EmbeddedDocumentListField(Factor)
    passkey = EmbeddedDocumentListField(Factor)
    recovery_codes = ListField(DictField(), db_field="recoveryCodes", required=True)
    tries = DictField(default=None)

    meta = {"strict": False}
