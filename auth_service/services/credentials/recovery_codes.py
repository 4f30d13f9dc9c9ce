"""Codes that replace a second factor which was lost, each good once.

A code has 120 random bits, so a plain SHA-256 of it may be stored (OWASP ASVS 5.0 V6.5.2 asks for 112).
"""

import hashlib
from datetime import datetime
from secrets import token_bytes
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.documents.recovery_codes import RecoveryCodes
from auth_service.services.codes import alphabet

NUMBER = 8
LENGTH = 24  # characters of five bits


def replace(user_id: ObjectId, *, transaction: ClientSession) -> list[str]:
    """Give a user new codes; the earlier ones are void. Only their hashes are stored."""
    codes = [alphabet.written(token_bytes(15), length=LENGTH) for _ in range(NUMBER)]
    stored = {"codes": [{"hash": digest(code)} for code in codes]}
    RecoveryCodes._get_collection().replace_one({"_id": user_id}, stored, upsert=True, session=transaction)
    return codes


def use(user_id: ObjectId, typed: str, *, now: datetime, transaction: ClientSession) -> int | None:
    """Use a code up; how many are left, or `None` when the user has no such code that was not used."""
    unused = {"$elemMatch": {"hash": digest(typed), "usedAt": None}}
    record = RecoveryCodes._get_collection().find_one_and_update(
        {"_id": user_id, "codes": unused},
        {"$set": {"codes.$.usedAt": now}},
        return_document=ReturnDocument.AFTER,
        session=transaction,
    )
    return _left(record) if record else None


def left(user_id: ObjectId) -> int:
    """How many codes of a user were not used."""
    record = RecoveryCodes._get_collection().find_one({"_id": user_id})
    return _left(record) if record else 0


def digest(code: str) -> str:
    """The SHA-256 of a code as a person may type it, in hexadecimal."""
    return hashlib.sha256(alphabet.normalised(code).encode(errors="replace")).hexdigest()


def _left(record: dict[str, Any]) -> int:
    return sum("usedAt" not in each for each in record["codes"])
