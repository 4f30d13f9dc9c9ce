"""The records that months of use leave behind, as the service itself would have written them."""

import random
from datetime import timedelta
from uuid import uuid4

from bson import ObjectId

from auth_service.documents.session import EndReason
from auth_service.documents.user import ADMIN, USER
from auth_service.geo.places import Place
from auth_service.services.audit.events import EventType
from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.origin import devices
from auth_service.services.origin.addresses import truncated
from tests.support.api import PASSWORD

PERIOD = timedelta(days=115)  # over which the sessions were opened: of the oldest some are still in the history
LIFETIME, IDLE, HISTORY, AUDIT = (timedelta(days=days) for days in (30, 14, 90, 180))
PLACES = (
    Place("Zurich", "Zurich", "Switzerland", "CH", (47.4, 8.5)),
    Place("Lyon", "Auvergne-Rhone-Alpes", "France", "FR", (45.8, 4.8)),
    Place("Austin", "Texas", "United States", "US", (30.3, -97.7)),
    Place(),
)
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
    " Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "okhttp/5.1.0",
)
DEVICES = [(agent, devices.recognise(agent)) for agent in USER_AGENTS]


def users(count, now):
    """The accounts, oldest first, the first an admin."""
    hashed = Passwords(rounds=4, queue=HashingQueue(concurrency=1, wait=1, threads=3)).make_hash(PASSWORD)
    for number in range(count):
        opened = now - timedelta(days=730) * (1 - number / count) - timedelta(milliseconds=number % 997)
        yield {
            "_id": ObjectId(),
            "email": email(number),
            "password": hashed,
            "role": USER if number else ADMIN,
            "authVersion": 0,
            "writes": 1,
            "createdAt": opened,
            "updatedAt": opened,
            "lastLoginAt": opened,
            "passwordChangedAt": opened,
            "seenDevices": ["Windows Chrome", "iOS Mobile Safari"],
            "seenCountries": ["CH", "FR"],
        }


def email(number):
    """The address of the user with this number."""
    return f"person.{number:07}@example.com"


def sessions(people, count, period, now):
    """The sessions, oldest first, the users taking turns."""
    for number in range(count):
        opened = now - period * (1 - number / count) - timedelta(milliseconds=random.randrange(1000))
        agent, device = random.choice(DEVICES)
        seen = opened + (now - opened) * random.random() / 2
        ip, place = ".".join(str(byte) for byte in random.randbytes(4)), random.choice(PLACES)
        parts = {"city": place.city, "region": place.region, "country": place.country}
        where = {**parts, "countryCode": place.country_code, "coordinates": place.coordinates}
        record = {
            "_id": ObjectId(),
            "sessionId": uuid4().hex,
            "userId": people[number % len(people)],
            "role": USER if number % len(people) else ADMIN,
            "ip": ip,
            "truncatedIp": truncated(ip),
            "userAgent": agent,
            "device": device.kind,
            "browser": device.browser,
            "os": device.os,
            "location": str(place),
            **{name: value for name, value in where.items() if value},
            "unusual": [],
            "createdAt": opened,
            "lastSeenAt": seen,
            "expiresAt": max(seen + IDLE, now + timedelta(days=1)),
            "absoluteExpiresAt": max(opened + LIFETIME, now + timedelta(hours=6)),
            "purgeAt": opened + LIFETIME + HISTORY,
            "refreshHash": random.randbytes(32).hex(),
            "refreshExpiresAt": seen + IDLE,
            "generation": number % 24,
            "amr": ["pwd"],
            "rotatedAt": [seen] if number % 24 else [],
        }
        yield record if opened > now - LIFETIME + timedelta(days=1) else ended(record, now)


def ended(session, now):
    """The session as it is once it ended, at some moment within the history."""
    earliest = max(session["createdAt"], now - HISTORY + timedelta(days=1))
    latest = min(session["createdAt"] + LIFETIME, now)
    moment = earliest + (latest - earliest) * random.random()
    times = {"lastSeenAt": moment, "expiresAt": moment + IDLE, "absoluteExpiresAt": session["createdAt"] + LIFETIME}
    kept = {name: value for name, value in session.items() if name not in ("truncatedIp", "coordinates")}
    times["ip"] = session["truncatedIp"]
    return {**kept, **times, "endedAt": moment, "reason": EndReason.LOGOUT.value, "purgeAt": moment + HISTORY}


def events(session):
    """What the audit trail has of a session: here its login."""
    yield {
        "_id": ObjectId(),
        "createdAt": session["createdAt"],
        "type": EventType.LOGIN.value,
        "ip": session["ip"],
        "requestId": uuid4().hex,
        "purgeAt": session["createdAt"] + AUDIT,
        "userId": session["userId"],
        "sessionId": session["sessionId"],
        "outcome": "success",
    }
