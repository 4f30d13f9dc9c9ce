"""Every living session carries its user's role.

One read of the session decides a request, so a session without a role fails every one. A session whose user is gone
gets the role `user`; its requests are refused anyway once the user is looked up.
"""

LACKING = {"role": {"$exists": False}, "expiresAt": {"$type": "date"}}


def up(database):
    """Copy the role, user by user."""
    for group in database.sessions.aggregate([{"$match": LACKING}, {"$group": {"_id": "$userId"}}]):
        user = database.users.find_one({"_id": group["_id"]}, {"role": 1}) or {}
        role = "admin" if user.get("role") == "admin" else "user"
        database.sessions.update_many({"userId": group["_id"], **LACKING}, {"$set": {"role": role}})
