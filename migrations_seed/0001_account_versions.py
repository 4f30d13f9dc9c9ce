"""Every user has an `authVersion`.

Opening a session is conditional on the version that was read, so an account without one, as another program or a
partial restore leaves it, could never log in. Zero is what a new account has.
"""


def up(database):
    """Give it to those that have none."""
    database.users.update_many({"authVersion": {"$exists": False}}, {"$set": {"authVersion": 0}})
