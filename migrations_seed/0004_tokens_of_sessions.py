"""Every living session knows the hash of the refresh token that works next.

It used to be that of the one document of the session in `refresh_tokens` without a `usedAt`. Those documents stay: once
their token is used, they say so, like those of all used tokens.
"""


def up(database):
    """Copy hash and expiry into the sessions that lack them."""
    for session in database.sessions.find({"endedAt": None, "refreshHash": {"$exists": False}}, {"sessionId": 1}):
        unused = {"sessionId": session["sessionId"], "usedAt": None, "expiresAt": {"$type": "date"}}
        if token := database.refresh_tokens.find_one(unused):
            database.sessions.update_one(
                {"_id": session["_id"], "refreshHash": {"$exists": False}},
                {"$set": {"refreshHash": token["hash"], "refreshExpiresAt": token["expiresAt"]}},
            )
