"""The types of events in the audit trail."""

from enum import StrEnum


class EventType(StrEnum):
    """A type of event, by its stored name."""

    REGISTER = "register"
    LOGIN = "login"
    REFRESH = "refresh"
    REFRESH_REUSED = "refresh_reused"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # nosec B105 # a name
    ROLE_CHANGED = "role_changed"
    FORBIDDEN = "forbidden"
    USER_DELETED = "user_deleted"
    NEW_DEVICE = "new_device"
    NEW_PLACE = "new_place"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
