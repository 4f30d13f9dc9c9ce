"""The indexes of second factors, of a passkey's credential id, and the ends of what waits and of used challenges."""

ASCENDING = 1
PASSKEYS = {"partialFilterExpression": {"credentialId": {"$exists": True}}}


def up(database):
    """Make them where they are missing."""
    factors = database.factors
    factors.create_index([("userId", ASCENDING)])
    factors.create_index([("credentialId", ASCENDING)], unique=True, **PASSKEYS)
    factors.create_index([("pendingUntil", ASCENDING)], expireAfterSeconds=0)
    database.used_challenges.create_index([("purgeAt", ASCENDING)], expireAfterSeconds=0)
