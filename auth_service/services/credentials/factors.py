"""The factors of an account in the database. Who may change them, and what follows from it, is decided elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from auth_service.documents.factor import Factor, FactorKind
from auth_service.documents.records import FactorRecord
from auth_service.documents.recovery_codes import RecoveryCodes
from auth_service.errors import FactorNotFound, PasskeyKnown

MOST_FACTORS = 10  # of one user
RECOVERY_CODE = "recovery_code"  # the method beside the kinds of factors


def of_user(
    user_id: ObjectId, *, kind: FactorKind | None = None, transaction: ClientSession | None = None
) -> list[FactorRecord]:
    """The factors of a user, the oldest first, perhaps of one kind; without those that wait for their first code."""
    condition = {"userId": user_id, "pendingUntil": None, **({"kind": kind.value} if kind else {})}
    return list(Factor._get_collection().find(condition, session=transaction).sort("_id"))


def find(user_id: ObjectId, factor_id: ObjectId, *, pending_at: datetime | None = None) -> FactorRecord:
    """The factor of a user with this id; with `pending_at`, one that waits for its first code at this moment.

    Raises:
        FactorNotFound: the user has no such factor.
    """
    pending = {"$gt": pending_at} if pending_at else None
    record: FactorRecord | None = Factor._get_collection().find_one(
        {"_id": factor_id, "userId": user_id, "pendingUntil": pending}
    )
    if record is None:
        raise FactorNotFound
    return record


def by_credential(credential_id: bytes) -> FactorRecord | None:
    """The passkey with this credential id, whoever has it."""
    record: FactorRecord | None = Factor._get_collection().find_one({"credentialId": credential_id})
    return record


def insert(record: FactorRecord, *, transaction: ClientSession | None = None) -> None:
    """Store a new factor.

    Raises:
        PasskeyKnown: somebody has this passkey.
    """
    try:
        Factor._get_collection().insert_one(record, session=transaction)
    except DuplicateKeyError:
        raise PasskeyKnown from None


def replace_pending(record: FactorRecord) -> None:
    """Store an app that waits for its first code, instead of an earlier one that still does."""
    Factor._get_collection().delete_many({"userId": record["userId"], "pendingUntil": {"$ne": None}})
    insert(record)


def update(condition: dict[str, Any], change: dict[str, Any], *, transaction: ClientSession | None = None) -> bool:
    """Change the one factor that meets `condition`; whether there was one."""
    outcome = Factor._get_collection().update_one(condition, change, session=transaction)
    return bool(outcome.matched_count)


def remove(user_id: ObjectId, factor_id: ObjectId, *, transaction: ClientSession) -> None:
    """Delete one factor of a user.

    Raises:
        FactorNotFound: the user has no such factor.
    """
    condition = {"_id": factor_id, "userId": user_id, "pendingUntil": None}
    if not Factor._get_collection().delete_one(condition, session=transaction).deleted_count:
        raise FactorNotFound


def forget(user_id: ObjectId, *, transaction: ClientSession) -> int:
    """Delete all factors and recovery codes of a user; the number of factors."""
    RecoveryCodes._get_collection().delete_one({"_id": user_id}, session=transaction)
    return int(Factor._get_collection().delete_many({"userId": user_id}, session=transaction).deleted_count)


def summary(records: Iterable[FactorRecord], *, since: datetime) -> dict[str, Any]:
    """The update of an account that has these factors now: its copy of them, or none."""
    methods = sorted({each["kind"] for each in records})
    if methods:
        return {"$set": {"secondFactor": {"methods": methods, "since": since}}}
    return {"$unset": {"secondFactor": 1}}
