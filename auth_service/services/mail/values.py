"""Which values each kind of mail has, by the names that its texts use, each with an example to try the texts with."""

from collections.abc import Mapping
from datetime import datetime

from auth_service.services.mail.kinds import Kind

SHORT_CODE = {"code": "482915", "until": "2026-11-26 06:40 UTC"}
WHAT_HAPPENED = {"when": "2026-11-26 06:30 UTC", "device": "Firefox 132 on Windows", "place": "Berlin, Germany"}

EXAMPLES: Mapping[Kind, Mapping[str, str]] = {
    Kind.RESET: {"code": "K7QF9-M2X4T", "until": "2026-11-26 07:00 UTC"},
    Kind.INVITATION: {"code": "K7QF9-M2X4T-8VZN3-C6RWH", "until": "2026-12-03 06:30 UTC"},
    Kind.VERIFICATION: SHORT_CODE,
    Kind.EMAIL_CHANGE: SHORT_CODE,
    Kind.REGISTRATION: SHORT_CODE,
    Kind.ALREADY_REGISTERED: {},
    Kind.NEW_DEVICE: WHAT_HAPPENED,
    Kind.NEW_PLACE: WHAT_HAPPENED,
    Kind.IMPOSSIBLE_TRAVEL: WHAT_HAPPENED,
    Kind.PASSWORD_CHANGED: WHAT_HAPPENED,
    Kind.PASSWORD_RESET: WHAT_HAPPENED,
    Kind.EMAIL_CHANGED: {**WHAT_HAPPENED, "old": "ada@example.com", "new": "lovelace@example.org"},
    Kind.SESSION_STOLEN: WHAT_HAPPENED,
    Kind.ACCOUNT_SUSPENDED: {"when": "2026-11-26 06:30 UTC"},
    Kind.KEY_CREATED: {**WHAT_HAPPENED, "name": "backup"},
    Kind.DATA_EXPORTED: WHAT_HAPPENED,
    Kind.FACTOR_ADDED: {**WHAT_HAPPENED, "name": "Phone"},
    Kind.FACTOR_REMOVED: {**WHAT_HAPPENED, "name": "Phone"},
    Kind.RECOVERY_CODE_USED: {**WHAT_HAPPENED, "left": "7"},
    Kind.PASSKEY_SUSPECT: {**WHAT_HAPPENED, "name": "Laptop"},
}


def in_words(moment: datetime) -> str:
    """A time as mails give it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
