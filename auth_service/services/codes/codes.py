"""Issues codes, compares them and uses them up. No code is stored: it is derived anew from its random id and a key.

A code is bound to a state that must not have changed, the `binding`; with another binding it is unknown.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_bytes

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.code import Code
from auth_service.documents.records import CodeRecord
from auth_service.errors import InvalidCode
from auth_service.services.codes.alphabet import normalised, written

LONG = 20  # characters, 100 bits: nobody guesses one, so tries need no counting


class Purpose(StrEnum):
    """What a code is for; one code cannot serve two purposes."""

    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code for its receiver, and when it expires."""

    code: str = field(repr=False)
    expires_at: datetime


class Codes:
    """Codes derived from the first of `secrets`; those derived from the others are accepted."""

    def __init__(self, *, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._keys = [_derived(secret) for secret in secrets]

    def issue(
        self, purpose: Purpose, *, user_id: ObjectId, binding: str, lifetime: timedelta, transaction: ClientSession
    ) -> IssuedCode:
        """Issue a code for a user; the earlier ones of the same purpose are void."""
        codes, now = Code._get_collection(), self._clock.now()
        record = CodeRecord(
            _id=token_bytes(16), purpose=purpose, userId=user_id, createdAt=now, expiresAt=now + lifetime
        )
        codes.delete_many({"purpose": purpose, "userId": user_id}, session=transaction)
        codes.insert_one(record, session=transaction)
        return IssuedCode(code=_text(self._keys[0], record, binding), expires_at=record["expiresAt"])

    def find(self, typed: str, purpose: Purpose, *, user_id: ObjectId | None, binding: str) -> bytes:
        """The id of the code that a person typed in; the same work with `user_id=None`, where there is no user.

        Raises:
            InvalidCode: it is unknown, of another user or binding, expired or used.
        """
        condition = {"purpose": purpose, "userId": user_id or ObjectId(), "expiresAt": {"$gt": self._clock.now()}}
        record: CodeRecord | None = Code._get_collection().find_one(condition)
        compared = record or CodeRecord(
            _id=bytes(16), purpose=purpose, userId=ObjectId(), createdAt=datetime.min, expiresAt=datetime.min
        )
        matches = [hmac.compare_digest(_compact(key, compared, binding), _typed(typed)) for key in self._keys]
        if record is None or not any(matches):
            raise InvalidCode
        return record["_id"]

    def use(self, code_id: bytes, *, transaction: ClientSession) -> None:
        """Use a code up, in the transaction of its effect.

        Raises:
            InvalidCode: it was used or replaced meanwhile.
        """
        if not Code._get_collection().delete_one({"_id": code_id}, session=transaction).deleted_count:
            raise InvalidCode

    def forget(self, user_id: ObjectId, *, transaction: ClientSession) -> None:
        """Delete all codes of a user."""
        Code._get_collection().delete_many({"userId": user_id}, session=transaction)


def _derived(secret: str) -> bytes:
    """A key of its own: HKDF (RFC 5869) with SHA-256, one block, no salt."""
    extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
    return hmac.digest(extracted, b"codes\x01", "sha256")


def _text(key: bytes, record: CodeRecord, binding: str) -> str:
    message = b"\0".join([record["purpose"].encode(), record["_id"], binding.encode()])
    return written(hmac.digest(key, message, "sha256"), length=LONG)


def _compact(key: bytes, record: CodeRecord, binding: str) -> bytes:
    return normalised(_text(key, record, binding)).encode()


def _typed(text: str) -> bytes:
    return normalised(text).encode(errors="replace")
