"""The accounts that can log in."""

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)

from auth_service.documents.factor import SECOND_FACTOR, Factor, FactorKind, SecondFactor

USERS = "users"  # the collection
USER, ADMIN = "user", "admin"
ROLES = (USER, ADMIN)
PASSKEY_ID = f"{SECOND_FACTOR}.{FactorKind.PASSKEY.value}.credentialId"
SEALED_BY = f"{SECOND_FACTOR}.{FactorKind.TOTP.value}.sealedBy"


class User(Document):
    """An account. `email` is in its canonical form; `auth_version` rises with every change that voids a running login.

    `password` is the hash; who was invited and has not accepted yet has none.
    `writes` counts the transactions that wrote the account and must not run side by side.
    `email_verified_at` is when its user proved to receive mail at the address; absent while they have not.
    `seen_devices`, `seen_countries` and `last_place` record the devices, countries and place of earlier logins.
    `pending_app` is an authenticator app that waits for its first code.
    `suspended` is there while nobody can use the account: `at`, `by`, the admin's id, and a `reason` for admins.
    """

    email = StringField(required=True)
    password = StringField()
    role = StringField(required=True, choices=ROLES, default=USER)
    auth_version = IntField(db_field="authVersion", required=True, default=0)
    writes = IntField()
    created_at = DateTimeField(db_field="createdAt", required=True)
    updated_at = DateTimeField(db_field="updatedAt", required=True)
    last_login_at = DateTimeField(db_field="lastLoginAt")
    password_changed_at = DateTimeField(db_field="passwordChangedAt")
    email_verified_at = DateTimeField(db_field="emailVerifiedAt")
    seen_devices = ListField(StringField(), db_field="seenDevices")
    seen_countries = ListField(StringField(), db_field="seenCountries")
    last_place = DictField(db_field="lastPlace", default=None)
    suspended = DictField(default=None)
    second_factor = EmbeddedDocumentField(SecondFactor, db_field="secondFactor")
    pending_app = EmbeddedDocumentField(Factor, db_field="pendingApp")

    meta = {
        "collection": USERS,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["email"], "unique": True},
            {"fields": ["-created_at", "-id"]},
            {"fields": ["role"], "partialFilterExpression": {"role": ADMIN}},
            {"fields": ["role", "-created_at", "-id"]},
            {
                "fields": ["-created_at", "-id", "suspended.at"],
                "partialFilterExpression": {"suspended.at": {"$exists": True}},
            },
            {
                "fields": ["second_factor.passkey.credential_id"],
                "unique": True,
                "partialFilterExpression": {PASSKEY_ID: {"$exists": True}},
            },
            {"fields": ["second_factor.totp.sealed_by"], "partialFilterExpression": {SEALED_BY: {"$exists": True}}},
        ],
    }
