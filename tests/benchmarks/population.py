"""People, sessions and tokens of the service, made by its own code and put into the database in bulk."""

import random
import sys
from uuid import uuid4

from bson import ObjectId
from pymongo import MongoClient

from auth_service.app import create_app
from auth_service.database import connection
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.services.origin.client import Client
from auth_service.services.sessions.opening import SessionOpening
from auth_service.settings.settings import Settings
from tests.support.settings import environment

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
CLIENT = Client(ip="192.0.2.10", user_agent=AGENT, request_id="benchmark")
BATCH = 2000


class Population:
    """Fills the database that `variables` name for the service, and makes tokens the service believes."""

    def __init__(self, variables):
        self._settings = Settings.from_env(environment(**variables), dotenv=None)
        app = create_app(self._settings)
        self._services = app.extensions["auth_service"].services
        self._services.readiness.prepare()
        self._opening = SessionOpening(
            clock=self._services.clock,
            places=self._services.geo.places,
            ending=self._services.ending,
            settings=self._settings.sessions,
        )
        # Without the service's time-outs, which a thousand documents at once may exceed.
        self._bulk = MongoClient(variables["DB_URL"]).get_default_database()

    def use(self):
        """Connect to this database again, after another population was made: MongoEngine has one connection."""
        connection.connect(self._settings.database)

    def add_people(self, count, password):
        """`count` accounts with one password; their records."""
        first = self._services.registration.register(email="user0@example.com", password=password)
        others = [{**first, "_id": ObjectId(), "email": f"user{number}@example.com"} for number in range(1, count)]
        if others:
            self._bulk[User._get_collection_name()].insert_many(others)
        return list(User._get_collection().find().limit(count))

    def add_sessions(self, count, users, *, shown=lambda done: None):
        """`count` sessions: one of each user, the rest of people who are nowhere else. The users' access tokens."""
        draft = self._opening.draft(user=users[0], client=CLIENT)
        own = [{**draft, "_id": ObjectId(), "sessionId": uuid4().hex, "userId": user["_id"]} for user in users]
        places = set(random.Random(0).sample(range(count), len(own)))
        mine = iter(own)
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            records = [next(mine) if n in places else _of_somebody(draft) for n in numbers]
            self._bulk[Session._get_collection_name()].insert_many(records, ordered=False)
            shown(start + len(numbers))
        return [(self._services.rotation.issue(session=record).access_token, record) for record in own]

    def add_chains(self, count, users):
        """Refresh tokens, each of a session of its own."""
        drafts = [self._opening.draft(user=users[number % len(users)], client=CLIENT) for number in range(count)]
        tokens = [self._services.rotation.issue(session=draft).refresh_token for draft in drafts]
        self._bulk[Session._get_collection_name()].insert_many(drafts)
        return tokens


def _of_somebody(draft):
    return {**draft, "_id": ObjectId(), "sessionId": uuid4().hex, "userId": ObjectId()}


def progress(text):
    """A line that tells how far something is; quiet where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)
