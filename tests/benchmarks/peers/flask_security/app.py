"""Flask-Security-Too on MongoEngine, after its quick start: token authentication, refresh tokens, bcrypt.

`python app.py people FILE COUNT PASSWORD` makes people and writes their tokens, `python app.py chains FILE COUNT` makes
refresh tokens; `gunicorn app:app` serves.
"""

import json
import os
import sys
from datetime import timedelta

import mongoengine
from flask import Flask, Response, jsonify
from flask_security import (
    MongoEngineUserDatastore,
    RefreshTrackerMixin,
    RoleMixin,
    Security,
    UserMixin,
    auth_required,
    current_user,
    hash_password,
)
from flask_security.tokens import new_refresh_tracker
from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["JWT_SECRET"],
    SECURITY_PASSWORD_SALT="146585145368132386173505678016728509634",
    SECURITY_PASSWORD_HASH="bcrypt",
    SECURITY_PASSWORD_HASH_OPTIONS={"bcrypt": {"rounds": int(os.environ["BCRYPT_ROUNDS"])}},
    SECURITY_TOKEN_MAX_AGE=timedelta(hours=2),  # as long as all others
    SECURITY_REFRESH_TOKEN=True,
    SECURITY_API_ENABLED_METHODS=["token"],
    SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    WTF_CSRF_ENABLED=False,
)

mongoengine.connect(host=os.environ["DB_URL"], connect=False, uuidRepresentation="standard")


class Role(Document, RoleMixin):
    name = StringField(max_length=80, unique=True)
    description = StringField(max_length=255)
    permissions = ListField(required=False)


class User(Document, UserMixin):
    email = StringField(max_length=255, unique=True)
    password = StringField(max_length=255)
    active = BooleanField(default=True)
    fs_uniquifier = StringField(max_length=64, unique=True)
    confirmed_at = DateTimeField()
    roles = ListField(ReferenceField(Role), default=[])
    refresh_trackers = ListField(ReferenceField("RefreshTracker"), default=[])


class RefreshTracker(Document, RefreshTrackerMixin):
    user = ReferenceField(User)
    name = StringField(max_length=64)
    refresh_family = StringField(max_length=64, unique=True)
    gen = IntField()
    expires_at = DateTimeField()
    revoked_at = DateTimeField()
    last_used_at = DateTimeField()


datastore = MongoEngineUserDatastore(mongoengine, User, Role, refresh_tracker_model=RefreshTracker)
app.security = Security(app, datastore)


@app.get("/check")  # /verify is Flask-Security-Too's own
@auth_required("token")
def check():
    headers = {"X-Auth-User": str(current_user.id), "X-Auth-Role": current_user.roles[0].name}
    return Response(status=204, headers=headers)


@app.get("/profile")
@auth_required("token")
def profile():
    user = {"_id": str(current_user.id), "email": current_user.email, "role": current_user.roles[0].name}
    return jsonify(message="Profile fetched", user=user)


def people(target, count, password):
    """Make `count` accounts with one password, and a token for each."""
    with app.app_context():
        role, hashed = datastore.create_role(name="user"), hash_password(password)
        emails = [f"user{number}@example.com" for number in range(int(count))]
        users = [datastore.create_user(email=email, password=hashed, roles=[role]) for email in emails]
        made = {"tokens": [user.get_auth_token() for user in users], "emails": emails}
    with open(target, "w") as file:
        json.dump(made, file)


def chains(target, count):
    """Make `count` refresh tokens."""
    with app.app_context():
        made = {"refresh": [new_refresh_tracker(user, "default")[1] for user in User.objects.limit(int(count))]}
    with open(target, "w") as file:
        json.dump(made, file)


if __name__ == "__main__":
    {"people": people, "chains": chains}[sys.argv[1]](*sys.argv[2:])
