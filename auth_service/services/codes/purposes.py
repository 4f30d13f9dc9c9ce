"""What codes are for, and what follows from it: their form, how long they live, how often they may be tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What a code is for; one code cannot serve two purposes."""

    INVITATION = "invitation"
    RESET = "reset"
    VERIFICATION = "verification"
    EMAIL_CHANGE = "email_change"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a code: `length` digits, or characters of the alphabet, and when it stops working.

    `most_tries` is how often a short code is compared at most; `None` for one that nobody guesses.
    """

    length: int
    lifetime: timedelta
    is_digits: bool = False
    most_tries: int | None = None


# Six digits where a stranger cannot try them: they are bound to a session, or to the browser that registers.
SHORT = Form(length=6, is_digits=True, lifetime=timedelta(minutes=10), most_tries=5)

# 30 minutes instead of ten (ASVS 5.0 V6.5.5): mail servers that make unknown senders wait would use up ten.
FORMS: Mapping[Purpose, Form] = {
    Purpose.INVITATION: Form(length=20, lifetime=timedelta(days=7)),
    Purpose.RESET: Form(length=10, lifetime=timedelta(minutes=30)),
    Purpose.VERIFICATION: SHORT,
    Purpose.EMAIL_CHANGE: SHORT,
    Purpose.REGISTRATION: SHORT,
}
