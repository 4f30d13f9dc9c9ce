"""The indexes of what finds users by role and by suspension, and of the codes that people are invited by.

A code is removed when it expires, by a TTL index. Making an index that exists with the same keys and options changes
nothing.
"""

ASCENDING, DESCENDING = 1, -1
NEWEST_FIRST = [("createdAt", DESCENDING), ("_id", DESCENDING)]
SUSPENDED = {"partialFilterExpression": {"suspended.at": {"$exists": True}}}


def up(database):
    """Make them where they are missing."""
    database.users.create_index([("role", ASCENDING), *NEWEST_FIRST])
    database.users.create_index([*NEWEST_FIRST, ("suspended.at", ASCENDING)], **SUSPENDED)
    database.codes.create_index([("userId", ASCENDING), ("purpose", ASCENDING)])
    database.codes.create_index([("expiresAt", ASCENDING)], expireAfterSeconds=0)
