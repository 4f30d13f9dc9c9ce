"""Issues codes, compares them and uses them up. No code is stored: it is derived anew from its random id and a key.

A code is bound to a state that must not have changed, the `binding`; with another binding it is unknown. A short one
works only once it is mailed: how many of those there are is bounded, and so how many guesses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.code import Code
from auth_service.documents.records import CodeRecord
from auth_service.errors import InvalidCode
from auth_service.services.codes.purposes import FORMS, SHORT, Purpose
from auth_service.services.codes.texts import derived_key, matches, text_of

MAILED_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code for its receiver, and when it expires."""

    code_id: bytes
    code: str = field(repr=False)
    expires_at: datetime


class Codes:
    """Codes derived from the first of `secrets`; those derived from the others are accepted."""

    def __init__(self, *, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._keys = [derived_key(secret) for secret in secrets]

    def issue(
        self, purpose: Purpose, *, user_id: ObjectId, binding: str, transaction: ClientSession, **described: Any
    ) -> IssuedCode:
        """Issue a code for a user, with the fields `described`; the earlier one of purpose and binding is void."""
        codes = Code._get_collection()
        record = self._drafted(purpose, binding, userId=user_id, **described)
        codes.delete_many({"purpose": purpose, "userId": user_id, "binding": binding}, session=transaction)
        codes.insert_one(record, session=transaction)
        return self._issued(record)

    def issue_once(
        self,
        purpose: Purpose,
        *,
        user_id: ObjectId,
        binding: str,
        least: timedelta,
        transaction: ClientSession,
        **described: Any,
    ) -> IssuedCode:
        """The standing code of purpose, binding and `described`, or else a new one."""
        named: Any = {"user_id": user_id, "binding": binding, "transaction": transaction, **described}
        return self.standing(purpose, least=least, **named) or self.issue(purpose, **named)

    def standing(
        self,
        purpose: Purpose,
        *,
        user_id: ObjectId,
        binding: str,
        least: timedelta,
        transaction: ClientSession | None = None,
        **described: Any,
    ) -> IssuedCode | None:
        """The code of purpose, binding and `described` that works for the time `least`, or was mailed a moment ago.

        Whoever asks for another one cannot void what its receiver is about to type in.
        """
        lasting = {"expiresAt": {"$gt": self._clock.now() + least}}
        condition = {
            **{"purpose": purpose, "userId": user_id, "binding": binding, **described, **self._live(purpose)},
            "$or": [lasting, {"mailedAt": {"$gt": self._clock.now() - MAILED_AGAIN_AFTER}}],
        }
        record: CodeRecord | None = Code._get_collection().find_one(condition, session=transaction)
        return self._issued(record) if record else None

    def issue_to_nobody(self, purpose: Purpose, **described: Any) -> IssuedCode:
        """Issue a code that is found by its id, because there is no account yet."""
        record = self._drafted(purpose, "", **described)
        Code._get_collection().insert_one(record)
        return self._issued(record)

    def find(self, typed: str, purpose: Purpose, *, user_id: ObjectId | None, binding: str) -> CodeRecord:
        """The record of the code that a person typed in; the same work with `user_id=None`, where there is no user.

        A short code is counted before it is compared.

        Raises:
            InvalidCode: it is unknown, of another user or binding, expired, used, or was tried too often.
        """
        owner = user_id or ObjectId()
        return self._compared(typed, purpose, {"purpose": purpose, "userId": owner, "binding": binding})

    def find_by_id(self, typed: str, purpose: Purpose, *, code_id: bytes) -> CodeRecord:
        """The record of the code with this id, if a person typed it in; raises as `find`."""
        return self._compared(typed, purpose, {"_id": code_id, "purpose": purpose})

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

    def pending_address(self, user_id: ObjectId) -> str | None:
        """The address that a user wants to change theirs to, as long as the code mailed there works."""
        condition = {"purpose": Purpose.EMAIL_CHANGE, "userId": user_id, **self._live(Purpose.EMAIL_CHANGE)}
        record: CodeRecord | None = Code._get_collection().find_one(condition, sort=[("createdAt", -1)])
        return record.get("address") if record else None

    def mark_mailed(self, code_id: bytes, *, mail_id: ObjectId) -> IssuedCode | None:
        """The code, for the mail `mail_id`; `None` when it works no more, or another mail had it within five minutes.

        The same mail gets it again.
        """
        now = self._clock.now()
        free = [{"mailedAt": None}, {"mailedAt": {"$lte": now - MAILED_AGAIN_AFTER}}, {"mailedBy": mail_id}]
        record: CodeRecord | None = Code._get_collection().find_one_and_update(
            {"_id": code_id, "expiresAt": {"$gt": now}, "tries": {"$lt": SHORT.most_tries}, "$or": free},
            {"$set": {"mailedAt": now, "mailedBy": mail_id}},
            return_document=ReturnDocument.AFTER,
        )
        return self._issued(record) if record else None

    def _drafted(self, purpose: Purpose, binding: str, **described: Any) -> CodeRecord:
        now = self._clock.now()
        drafted: Any = {
            "_id": token_bytes(16),
            "purpose": purpose.value,
            "binding": binding,
            "tries": 0,
            "createdAt": now,
            "expiresAt": now + FORMS[purpose].lifetime,
            **described,
        }
        record: CodeRecord = drafted
        return record

    def _issued(self, record: CodeRecord) -> IssuedCode:
        return IssuedCode(record["_id"], text_of(record, self._keys[0]), record["expiresAt"])

    def _live(self, purpose: Purpose) -> dict[str, Any]:
        """The condition for codes that work."""
        most = FORMS[purpose].most_tries
        return {"expiresAt": {"$gt": self._clock.now()}, **({"tries": {"$lt": most}} if most else {})}

    def _compared(self, typed: str, purpose: Purpose, named: dict[str, Any]) -> CodeRecord:
        condition, codes = {**named, **self._live(purpose)}, Code._get_collection()
        is_short = FORMS[purpose].most_tries is not None
        record: CodeRecord | None = (
            codes.find_one_and_update(condition, {"$inc": {"tries": 1}}) if is_short else codes.find_one(condition)
        )
        compared = record or self._drafted(purpose, "")
        outcomes = [matches(typed, compared, key) for key in self._keys]
        if record is None or not any(outcomes) or (is_short and "mailedAt" not in record):
            raise InvalidCode
        return record
