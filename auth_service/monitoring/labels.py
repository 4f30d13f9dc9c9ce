"""The values that labels of metrics have: few and known, so that no client can make more."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
COMMANDS = frozenset(
    {
        *("find", "getMore", "aggregate", "count", "findAndModify", "insert", "update", "delete"),
        *("commitTransaction", "abortTransaction", "killSessions", "ping"),
    }
)
OTHER = "other"

# Exposed at 0 from the start, so that Prometheus sees the first increase.
LOGIN_OUTCOMES = (
    "success",
    "invalid_credentials",
    "second_factor_required",
    "invalid_code",
    "login_delayed",
    "rate_limited",
    "login_busy",
    "database_unavailable",
)
MAIL_OUTCOMES = ("sent", "deferred", "dropped", "dead")
REFRESH_OUTCOMES = ("success", "refresh_superseded", "refresh_reused", "rate_limited", "database_unavailable")
