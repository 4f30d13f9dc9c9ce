"""The types of events in the audit trail."""

from enum import StrEnum


class EventType(StrEnum):
    """A type of event, by its stored name."""

    REGISTER = "register"
    USER_CREATED = "user_created"
    INVITATION_ACCEPTED = "invitation_accepted"
    LOGIN = "login"
    REFRESH = "refresh"
    REFRESH_REUSED = "refresh_reused"
    SESSION_ENDED = "session_ended"
    KEY_CREATED = "key_created"
    PASSWORD_CHANGED = "password_changed"  # nosec B105 # a name
    PASSWORD_RESET_REQUESTED = "password_reset_requested"  # nosec B105 # a name
    PASSWORD_RESET = "password_reset"  # nosec B105 # a name
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_REPLACED = "recovery_codes_replaced"
    PASSKEY_SUSPECT = "passkey_suspect"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_CHANGED = "email_changed"
    CONFIRMED = "confirmed"
    EXPORTED = "exported"
    MAIL_SUPPRESSED = "mail_suppressed"
    ROLE_CHANGED = "role_changed"
    USER_SUSPENDED = "user_suspended"
    USER_RESTORED = "user_restored"
    FORBIDDEN = "forbidden"
    USER_DELETED = "user_deleted"
    NEW_DEVICE = "new_device"
    NEW_PLACE = "new_place"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
