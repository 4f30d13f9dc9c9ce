"""A service with a life behind it: sessions here and there, ended ones, keys, an admin and those they look after."""

import functools
from datetime import UTC, datetime
from operator import itemgetter

from mongoengine.connection import get_db

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.user_agents import KNOWN

ADA, ADMIN = "ada@example.com", "admin@example.com"
LONG = f"{'a-long-name' * 5}@{'a-long-label.' * 4}example.com"
AGENTS = [agent for agent, _ in KNOWN.values()]
WRITTEN = ("users", "sessions", "audit_events", "mails")
ELSEWHERE = [
    ("Berlin, Germany", [52.52, 13.4], []),
    ("São Paulo, Brazil", [-23.55, -46.63], ["new_place"]),
    ("Osaka, Japan", [34.69, 135.5], ["new_device", "impossible_travel"]),
    ("unknown", None, []),
]


def populate(app, *, email=ADA, sessions=4):
    """People and what they did; those who log in to the pages are `email` and the admin, with the usual password.

    It happens once; later it is put back, on an empty database, as if it had happened just now. The owner of `email`.
    """
    return _past(app, email, sessions).put_back()


@functools.cache
def _past(app, email, sessions):
    return Past(_live(app, email, sessions))


class Past:
    """What is stored of people, taken out of the database."""

    def __init__(self, owner):
        self._owner, self._taken, self._stored = owner, datetime.now(UTC), {}
        for name in WRITTEN:
            self._stored[name] = list(get_db()[name].find())
            get_db()[name].delete_many({})

    def put_back(self):
        passed = datetime.now(UTC) - self._taken
        for name, documents in filter(itemgetter(1), self._stored.items()):
            get_db()[name].insert_many(_later(documents, passed))
        return self._owner


def _later(value, passed):
    """A copy of `value`, in which all moments are so much later."""
    if isinstance(value, dict):
        return {key: _later(each, passed) for key, each in value.items()}
    if isinstance(value, list):
        return [_later(each, passed) for each in value]
    return value + passed if isinstance(value, datetime) else value


def _live(app, email, sessions):
    services, database = services_of(app), get_db()
    services.seeding.seed_admin(email=ADMIN, password="correct horse battery")
    owner = Api(app).registered(email)
    for number in range(sessions):
        place, coordinates, unusual = ELSEWHERE[number % len(ELSEWHERE)]
        device = Api(app).called(email)
        device.login(headers={"User-Agent": AGENTS[number % len(AGENTS)]})
        known = {"location": place, "unusual": unusual, "ip": f"203.0.113.{number}"}
        if coordinates:
            known["coordinates"] = coordinates
        database.sessions.update_one({"sessionId": device.session_id}, {"$set": known})
        if number < 2:
            device.post("/profile/keys", json={"name": f"Backup of the archive {number}"})
    for number, reason in enumerate(("logout", "revoked_by_user", "reused_token")):
        gone = Api(app).called(email)
        gone.login(headers={"User-Agent": AGENTS[number]})
        session_id = gone.session_id
        gone.logout()
        database.sessions.update_one({"sessionId": session_id}, {"$set": {"reason": reason}})
    Api(app).called(email).login(password="wrong")
    admin = Api(app).called(ADMIN).logged_in()
    for number in range(6):
        admin.post("/users", json={"email": f"person{number}@example.com", "password": "correct horse battery"})
    stranger = Api(app).registered("suspended@example.com")
    admin.post(f"/users/{stranger.user_id}/suspension", json={"reason": "spam"})
    return owner
