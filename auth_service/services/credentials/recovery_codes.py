"""Codes that replace a second factor which was lost, each good once.

A code has 120 random bits, so a plain SHA-256 of it may be stored (OWASP ASVS 5.0 V6.5.2 asks for 112).
"""

import hashlib
from datetime import datetime
from secrets import token_bytes

from auth_service.documents.factor import SECOND_FACTOR
from auth_service.documents.records import RecoveryCodeRecord, UserRecord
from auth_service.errors import InvalidSecondFactor
from auth_service.services.codes import alphabet
from auth_service.services.credentials.factors import Use

NUMBER = 8
LENGTH = 24  # characters of five bits
PATH = f"{SECOND_FACTOR}.recoveryCodes"


def new() -> tuple[list[str], list[RecoveryCodeRecord]]:
    """New codes, and how they are stored: as hashes."""
    codes = [alphabet.written(token_bytes(15), length=LENGTH) for _ in range(NUMBER)]
    return codes, [RecoveryCodeRecord(hash=digest(code)) for code in codes]


def use_of(user: UserRecord, typed: str, *, now: datetime) -> Use:
    """What uses a code of a user up.

    Raises:
        InvalidSecondFactor: the user has no such code that was not used.
    """
    hashed = digest(typed)
    if hashed not in {each["hash"] for each in _unused(user)}:
        raise InvalidSecondFactor
    return Use(PATH, {"hash": hashed}, {"usedAt": None}, {"usedAt": now}, InvalidSecondFactor)


def left(user: UserRecord) -> int:
    """How many codes of a user were not used."""
    return len(_unused(user))


def digest(code: str) -> str:
    """The SHA-256 of a code as a person may type it, in hexadecimal."""
    return hashlib.sha256(alphabet.normalised(code).encode(errors="replace")).hexdigest()


def _unused(user: UserRecord) -> list[RecoveryCodeRecord]:
    codes = user["secondFactor"]["recoveryCodes"] if "secondFactor" in user else []
    return [each for each in codes if "usedAt" not in each]
