"""Every session, refresh token and audit event has a `purgeAt`.

The TTL indexes remove what lies behind it; a document without one would stay for ever. It gets 90 days after its end,
for a token after its expiry; an event 180 days after it happened: the defaults of SESSION_HISTORY_DAYS and AUDIT_DAYS.
Only documents whose time is a date are touched: a number is the form of another service, whose import removes it.
"""

DAY = 24 * 60 * 60 * 1000  # milliseconds


def up(database):
    """Compute it on the server, collection by collection."""
    for collection, field, days in (("sessions", "expiresAt", 90), ("refresh_tokens", "expiresAt", 90),
                                    ("audit_events", "createdAt", 180)):  # fmt: skip
        database[collection].update_many(
            {"purgeAt": {"$exists": False}, field: {"$type": "date"}},
            [{"$set": {"purgeAt": {"$add": [f"${field}", days * DAY]}}}],
        )
