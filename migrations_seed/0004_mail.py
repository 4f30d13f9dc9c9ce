"""The indexes of the queue of mails and of its codes, of which a user has one for each binding; of keys, and events.

Codes that were issued before have no binding and open nothing any more: they are removed.
"""

ASCENDING, DESCENDING = 1, -1
OF_A_USER = {"partialFilterExpression": {"userId": {"$exists": True}}}
KEYS = {"partialFilterExpression": {"kind": "key"}}
COUNTED = {"partialFilterExpression": {"allowance": {"$exists": True}}}
EARLIER = "userId_1_purpose_1"


def up(database):
    """Make them where they are missing, in place of the earlier one."""
    codes, mails = database.codes, database.mails
    codes.delete_many({"binding": {"$exists": False}})
    if EARLIER in codes.index_information():
        codes.drop_index(EARLIER)
    codes.create_index(
        [("userId", ASCENDING), ("purpose", ASCENDING), ("binding", ASCENDING)], unique=True, **OF_A_USER
    )
    mails.create_index([("state", ASCENDING), ("dueAt", ASCENDING), ("_id", ASCENDING)])
    mails.create_index([("allowance", ASCENDING), ("decidedAt", ASCENDING)], **COUNTED)
    mails.create_index([("purgeAt", ASCENDING)], expireAfterSeconds=0)
    database.sessions.create_index(
        [("kind", ASCENDING), ("userId", ASCENDING), ("endedAt", DESCENDING), ("_id", DESCENDING)], **KEYS
    )
    database.audit_events.create_index(
        [("userId", ASCENDING), ("type", ASCENDING), ("createdAt", DESCENDING), ("_id", DESCENDING)]
    )
