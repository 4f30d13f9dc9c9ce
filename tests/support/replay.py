"""A person who registered and logged in once, put back as they were: much quicker than doing it again for each test."""

import time
from copy import deepcopy
from operator import itemgetter

from mongoengine.connection import get_db

COLLECTIONS = {"users": "_id", "sessions": "userId", "audit_events": "userId"}
FRESH = 3  # seconds: whoever is put back logged in a moment ago


class Snapshot:
    """What the client `api` holds, and what the database holds of its account."""

    def __init__(self, api):
        self._held = {name: deepcopy(value) for name, value in vars(api).items() if name != "http"}
        self._cookies = deepcopy(api.http._cookies)
        user_id = get_db().users.find_one({"email": api.email})["_id"]
        self._stored = {name: list(get_db()[name].find({key: user_id})) for name, key in COLLECTIONS.items()}

    def restored_to(self, api):
        """`api`, holding the same, on a database that has nothing of the account."""
        for name, documents in filter(itemgetter(1), self._stored.items()):
            get_db()[name].insert_many(deepcopy(documents))
        vars(api).update(deepcopy(self._held))
        api.http._cookies = deepcopy(self._cookies)
        return api


class Replay:
    """Remembers one client that logged in."""

    def __init__(self):
        self._until = 0.0

    def logged_in(self, api, email):
        """`api` with an account and a session, on a database that has none of them."""
        if time.monotonic() < self._until:
            return self._snapshot.restored_to(api)
        api.registered(email).logged_in()
        self._until = time.monotonic() + FRESH
        self._snapshot = Snapshot(api)
        return api
