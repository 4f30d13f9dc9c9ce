"""Limit (a): one `find_one_and_update` and the same bytes as `GET /auth/verify`, and nothing besides."""

import itertools
import json
import os
from datetime import datetime, timedelta, timezone

from bson import ObjectId
from pymongo import MongoClient, ReturnDocument, WriteConcern

IDLE = timedelta(days=14)

with open(os.environ["LIMIT_FILE"]) as file:
    given = json.load(file)
people = itertools.cycle([(session_id, ObjectId(user_id)) for session_id, user_id in given["people"]])
headers = [(name, value) for name, value in given["headers"]]
sessions = None


def connect():
    """Called in the worker: a MongoClient must not cross a fork."""
    global sessions
    client = MongoClient(os.environ["DB_URL"], tz_aware=True)
    sessions = client.get_default_database()["sessions"].with_options(write_concern=WriteConcern(w=1))


def app(environ, start_response):
    session_id, user_id = next(people)
    now = datetime.now(timezone.utc)
    living = {"endedAt": None, "expiresAt": {"$gt": now}, "absoluteExpiresAt": {"$gt": now}}
    record = sessions.find_one_and_update(
        {"sessionId": session_id, "userId": user_id, **living},
        {"$set": {"lastSeenAt": now, "expiresAt": now + IDLE}},
        return_document=ReturnDocument.AFTER,
    )
    assert record is not None
    start_response("204 NO CONTENT", headers)
    return []
