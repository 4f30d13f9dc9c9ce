"""A person who registered and logged in once, put back as they were: much quicker than doing it again for each test."""

import time
from copy import deepcopy
from operator import itemgetter

from mongoengine.connection import get_db

COLLECTIONS = {"users": "_id", "sessions": "userId", "audit_events": "userId"}
FRESH = 3  # seconds: whoever is put back logged in a moment ago


class Replay:
    """Remembers what one client left in the database, and what it holds."""

    def __init__(self):
        self._until = 0.0

    def logged_in(self, api, email):
        """`api` with an account and a session, on a database that has none of them."""
        if time.monotonic() >= self._until:
            api.registered(email).logged_in()
            self._until = time.monotonic() + FRESH
            self._held = {name: deepcopy(value) for name, value in vars(api).items() if name != "http"}
            self._cookies = deepcopy(api.http._cookies)
            user_id = get_db().users.find_one({"email": email})["_id"]
            self._stored = {name: list(get_db()[name].find({key: user_id})) for name, key in COLLECTIONS.items()}
            return api
        for name, documents in filter(itemgetter(1), self._stored.items()):
            get_db()[name].insert_many(deepcopy(documents))
        vars(api).update(deepcopy(self._held))
        api.http._cookies = deepcopy(self._cookies)
        return api
