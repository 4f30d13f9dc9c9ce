"""The indexes of version 1.

Uniqueness of e-mail addresses and sessions is promised by these indexes alone, and a TTL index removes
a document at its `purgeAt` or `expireAt`. Making an index that exists with the same keys and options changes nothing.
"""

ASCENDING, DESCENDING = 1, -1
UNIQUE = {"unique": True}
AT_THAT_TIME = {"expireAfterSeconds": 0}

INDEXES = {
    "users": [
        ([("email", ASCENDING)], UNIQUE),
        ([("createdAt", DESCENDING), ("_id", DESCENDING)], {}),
        ([("role", ASCENDING)], {"partialFilterExpression": {"role": "admin"}}),
    ],
    "sessions": [
        ([("sessionId", ASCENDING)], UNIQUE),
        ([("userId", ASCENDING), ("endedAt", DESCENDING), ("_id", DESCENDING)], {}),
        ([("purgeAt", ASCENDING)], AT_THAT_TIME),
    ],
    "audit_events": [
        ([("createdAt", DESCENDING), ("_id", DESCENDING)], {}),
        ([("userId", ASCENDING), ("createdAt", DESCENDING), ("_id", DESCENDING)], {}),
        ([("type", ASCENDING), ("createdAt", DESCENDING), ("_id", DESCENDING)], {}),
        ([("purgeAt", ASCENDING)], AT_THAT_TIME),
    ],
    "login_delays": [
        ([("purgeAt", ASCENDING)], AT_THAT_TIME),
    ],
    "rate_limits": [
        ([("expireAt", ASCENDING)], AT_THAT_TIME),
    ],
}


def up(database):
    """Make them, collection by collection."""
    for collection, indexes in INDEXES.items():
        for keys, options in indexes:
            database[collection].create_index(keys, **options)
