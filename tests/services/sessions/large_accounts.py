"""Accounts with more sessions and audit events than any cap allows."""

from bson import ObjectId

SESSIONS = 20_000
BATCH = 250  # records in one command, which has 1.5 seconds


def enlarge(database, user_id, count=SESSIONS, **fields):
    """Give a user `count` more sessions, copies of the one they have with `fields` set, and as many audit events."""
    owner = ObjectId(user_id)
    session = database.sessions.find_one({"userId": owner})
    event = database.audit_events.find_one({"userId": owner})
    copies = [{**session, **fields, "_id": ObjectId(), "sessionId": f"copy{number}"} for number in range(count)]
    for copy in copies:
        copy.pop("refreshHash", None)
    events = [{**event, "_id": ObjectId()} for _ in range(count)]
    for start in range(0, count, BATCH):
        database.sessions.insert_many(copies[start : start + BATCH])
        database.audit_events.insert_many(events[start : start + BATCH])


def clear(database):
    """Delete all sessions and audit events, in commands that keep the time limit of the client."""
    for collection in (database.sessions, database.audit_events):
        while batch := _ids(collection):
            collection.delete_many({"_id": {"$in": batch}})


def _ids(collection):
    return [each["_id"] for each in collection.find({}, {"_id": 1}).limit(BATCH)]


def active(database, user_id):
    """How many sessions of a user are not marked as ended."""
    return database.sessions.count_documents({"userId": ObjectId(user_id), "endedAt": None})
