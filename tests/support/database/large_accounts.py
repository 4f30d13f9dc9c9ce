"""Accounts with more sessions and audit events than any cap allows."""

from datetime import timedelta
from typing import NamedTuple

import pymongo
from bson import ObjectId
from pymongo.write_concern import WriteConcern

from auth_service.services.sessions.active import BATCH
from tests.support.commands import profiled

SESSIONS = 3 * BATCH + BATCH // 2  # three batches and a half
MANY = 20_000
AT_ONCE = 5_000  # records in one command
PATIENCE = 60  # seconds for a command that only prepares or cleans up
NOT_LARGE = {"refreshHash", "refreshExpiresAt", "rotatedAt", "userAgent", "truncatedIp"}
SEEN = timedelta(hours=1)  # ago


class Examined(NamedTuple):
    """The name of a command, and the number of documents and of an index's keys that it examined."""

    command: str
    documents: int
    keys: int


def enlarge(database, user_id, count=SESSIONS, *, events=0, **fields):
    """Give a user `count` more sessions, copies of one that has not ended with `fields` set, and copies of an event."""
    owner = {"userId": ObjectId(user_id)}
    session, event = database.sessions.find_one({**owner, "endedAt": None}), database.audit_events.find_one(owner)
    session = {name: value for name, value in session.items() if name not in NOT_LARGE}
    copied = {**session, "userAgent": "", "lastSeenAt": session["lastSeenAt"] - SEEN, **fields}
    insert(database.sessions, [{**copied, "_id": (new := ObjectId()), "sessionId": str(new)} for _ in range(count)])
    insert(database.audit_events, [{**event, "_id": ObjectId()} for _ in range(events)])


def insert(collection, records):
    """Insert many records, as cheaply as it goes."""
    collection = collection.with_options(write_concern=WriteConcern(w=1))
    with pymongo.timeout(PATIENCE):
        for start in range(0, len(records), AT_ONCE):
            collection.insert_many(records[start : start + AT_ONCE], ordered=False)


def clear(database):
    """Delete all sessions and audit events, however many."""
    with pymongo.timeout(PATIENCE):
        for collection in (database.sessions, database.audit_events):
            collection.delete_many({})


def active(database, user_id):
    """How many sessions of a user are not marked as ended."""
    return database.sessions.count_documents({"userId": ObjectId(user_id), "endedAt": None})


def examined(database, call, collection="sessions"):
    """What each command on `collection` examined during `call`."""
    with profiled(database, {"ns": f"{database.name}.{collection}", "docsExamined": {"$exists": True}}) as seen:
        answer = call()
        assert getattr(answer, "status_code", 200) == 200, answer.json
    return [Examined(next(iter(each["command"])), each["docsExamined"], each["keysExamined"]) for each in seen]
