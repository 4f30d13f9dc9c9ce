"""The guard of the admins: a document that each transaction writes which could take the last admin away.

Two transactions that write it conflict, so that two admins cannot demote each other at once and leave none. The first
admin is not made here: an account needs a password and its hash, and `flask seed-admin` has the settings for both.
"""


def up(database):
    """Insert it where it is missing; its counter is left alone."""
    database.guards.update_one({"_id": "admins"}, {"$setOnInsert": {"writes": 0}}, upsert=True)
