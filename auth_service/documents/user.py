"""The accounts that can log in."""

from mongoengine import DateTimeField, DictField, Document, IntField, ListField, StringField

USERS = "users"  # the collection
USER, ADMIN = "user", "admin"
ROLES = (USER, ADMIN)


class User(Document):
    """An account. `email` is in its canonical form; `auth_version` rises with every change that voids a running login.

    `writes` counts the transactions that wrote the account and must not run side by side.
    `seen_devices`, `seen_countries` and `last_place` record the devices, countries and place of earlier logins.
    """

    email = StringField(required=True)
    password = StringField(required=True)
    role = StringField(required=True, choices=ROLES, default=USER)
    auth_version = IntField(db_field="authVersion", required=True, default=0)
    writes = IntField()
    created_at = DateTimeField(db_field="createdAt", required=True)
    updated_at = DateTimeField(db_field="updatedAt", required=True)
    last_login_at = DateTimeField(db_field="lastLoginAt")
    password_changed_at = DateTimeField(db_field="passwordChangedAt")
    seen_devices = ListField(StringField(), db_field="seenDevices")
    seen_countries = ListField(StringField(), db_field="seenCountries")
    last_place = DictField(db_field="lastPlace", default=None)

    meta = {
        "collection": USERS,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["email"], "unique": True},
            {"fields": ["-created_at", "-id"]},
            {"fields": ["role"], "partialFilterExpression": {"role": ADMIN}},
        ],
    }
