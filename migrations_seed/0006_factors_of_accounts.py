"""Moves second factors into the accounts whose they are, and makes their indexes there.

A second step of a login then needs six commands instead of eleven. An app that waits for its first code is dropped, and
so are counts of wrong codes.
"""

ASCENDING = 1
PASSKEYS, SEALED = "secondFactor.passkey.credentialId", "secondFactor.totp.sealedBy"
NOT_MOVED = {"secondFactor.methods": {"$exists": True}}


def up(database):
    """Move what is in the collections of earlier, and drop them."""
    users = database.users
    users.create_index([(PASSKEYS, ASCENDING)], unique=True, partialFilterExpression={PASSKEYS: {"$exists": True}})
    users.create_index([(SEALED, ASCENDING)], partialFilterExpression={SEALED: {"$exists": True}})
    for user in users.find(NOT_MOVED, {"secondFactor.since": 1}):
        users.update_one({"_id": user["_id"], **NOT_MOVED}, {"$set": {"secondFactor": moved(database, user)}})
    database.login_delays.delete_many({"_id": {"$regex": "^factor:"}})
    database.drop_collection("factors")
    database.drop_collection("recovery_codes")


def moved(database, user):
    """The second factors of an account as it has them from now on."""
    kept = {"since": user["secondFactor"]["since"]}
    for factor in database.factors.find({"userId": user["_id"], "pendingUntil": None}, {"userId": 0}).sort("_id"):
        kept.setdefault(factor["kind"], []).append(factor)
    codes = database.recovery_codes.find_one({"_id": user["_id"]}) or {"codes": []}
    return {**kept, "recoveryCodes": codes["codes"]}
