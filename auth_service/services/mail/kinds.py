"""The kinds of mail, each with a text of its name in every language, and how often one of a kind may go out."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

Allowance = tuple[tuple[int, timedelta], ...]  # at most so many in so long, each


class Kind(StrEnum):
    """A kind of mail."""

    RESET = "reset"
    INVITATION = "invitation"
    VERIFICATION = "verification"
    EMAIL_CHANGE = "email_change"
    REGISTRATION = "registration"
    ALREADY_REGISTERED = "already_registered"
    NEW_DEVICE = "new_device"
    NEW_PLACE = "new_place"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    PASSWORD_CHANGED = "password_changed"  # nosec B105 # a name
    PASSWORD_RESET = "password_reset"  # nosec B105 # a name
    EMAIL_CHANGED = "email_changed"
    SESSION_STOLEN = "session_stolen"
    ACCOUNT_SUSPENDED = "account_suspended"
    KEY_CREATED = "key_created"
    DATA_EXPORTED = "data_exported"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_SUSPECT = "passkey_suspect"


# Six digits can be guessed, so what can be tried is bounded by what is mailed: ten codes a day, five tries each.
FEW: Allowance = ((5, timedelta(hours=1)), (10, timedelta(days=1)))
ONE_AN_HOUR: Allowance = ((1, timedelta(hours=1)),)

# A code of a reset or an invitation is mailed as often as it is asked for, at most once in five minutes. Were it
# counted, a stranger could keep the owner from theirs by asking first.
ALLOWANCES: Mapping[Kind, Allowance] = {
    Kind.RESET: (),
    Kind.INVITATION: (),
    Kind.VERIFICATION: FEW,
    Kind.EMAIL_CHANGE: FEW,
    Kind.REGISTRATION: FEW,
    **dict.fromkeys(list(Kind)[list(Kind).index(Kind.ALREADY_REGISTERED) :], ONE_AN_HOUR),
    Kind.RECOVERY_CODE_USED: (),  # there are eight
    Kind.EMAIL_CHANGED: (),  # each change takes a code of its own, and an old address must hear of every one
}
