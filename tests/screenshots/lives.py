"""People whose accounts are fuller, emptier or stranger than usual, for pictures of the states of views."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from mongoengine.connection import get_db

from tests.support.api import Api
from tests.support.browser.people import AGENTS, ELSEWHERE

BUSY, LONELY, LONGEST = (
    "busy@example.com",
    "lonely@example.com",
    f"{'l' * 64}@{'a' * 63}.{'b' * 63}.{'c' * 57}.com",
)
assert len(LONGEST) == 254
UNBROKEN = "Name-ohne-Leerzeichen" * 4  # of a key or of a factor
SPOKEN = "The nightly backup of the archive in the cellar, on the old machine beside the door, every day"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\u202egnp.exe \u0627\u0644\u0639\u0631\u0628\u064a\u0629 " + "Z\u0351\u036b\u0343\u036a\u0302" * 9,
    "x" * 500,
    "\"}]}';DROP TABLE sessions;-- {email} {seconds}",
)
AGES = [timedelta(minutes=2), timedelta(hours=5), timedelta(days=3), timedelta(days=40)]


def enliven(app):
    """Make all of them; they have the usual password."""
    Api(app).registered(LONELY)
    owner = Api(app).registered(BUSY)
    for number in range(19):
        _session_of(app, BUSY, AGENTS[number % len(AGENTS)], number)
    owner.logged_in()
    for number in range(8):
        owner.post("/profile/keys", json={"name": f"Backup of the archive {number}"})
    stranger = Api(app).registered(LONGEST).logged_in()
    for number, agent in enumerate(HOSTILE):
        _session_of(app, LONGEST, agent, number)
    for name in (UNBROKEN, SPOKEN):
        stranger.post("/profile/keys", json={"name": name, "expiresIn": "366d"})


@contextmanager
def factors_of(email):
    """Factors that nobody can use, with names that are long, until the end: with them a login would take two steps."""
    owner = {"email": email}
    kept = {
        kind: [{"_id": ObjectId(), "kind": kind, "name": name, "createdAt": _now()}]
        for kind, name in (("totp", UNBROKEN), ("passkey", SPOKEN))
    }
    get_db().users.update_one(owner, {"$set": {"secondFactor": {"since": _now(), "recoveryCodes": [], **kept}}})
    yield
    get_db().users.update_one(owner, {"$unset": {"secondFactor": ""}})


def end_others(email):
    """Let an account have its latest session only, as if there had never been another."""
    owner = {"userId": _id_of(email)}
    latest = get_db().sessions.find_one(owner, sort=[("_id", -1)])
    get_db().sessions.delete_many({**owner, "_id": {"$ne": latest["_id"]}})


def age_logins(email):
    """Let the logins of an account be too old for what needs a fresh one."""
    earlier = {"createdAt": _now() - timedelta(hours=2)}
    get_db().sessions.update_many({"userId": _id_of(email)}, {"$set": earlier, "$unset": {"authenticatedAt": ""}})


def _session_of(app, email, agent, number):
    device = Api(app).called(email)
    device.login(headers={"User-Agent": agent})
    place, coordinates, unusual = ELSEWHERE[number % len(ELSEWHERE)]
    age = AGES[number % len(AGES)]
    known = {"location": place, "unusual": unusual, "ip": f"2001:db8:{number:x}:8a2e:370:7334:1234:5678"}
    known |= {"createdAt": _now() - age, "lastSeenAt": _now() - age / 2}
    if coordinates:
        known["coordinates"] = coordinates
    get_db().sessions.update_one({"sessionId": device.session_id}, {"$set": known})


def _id_of(email):
    return get_db().users.find_one({"email": email})["_id"]


def _now():
    return datetime.now(UTC)
