"""The factors of an account, as its document has them. Who may change them, and what follows, is decided elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth_service.documents.factor import SECOND_FACTOR, FactorKind
from auth_service.documents.records import FactorRecord, RecoveryCodeRecord, UserRecord
from auth_service.documents.user import PASSKEY_ID, User
from auth_service.errors import FactorNotFound, ServiceError

MOST_FACTORS = 10  # of one user
RECOVERY_CODE = "recovery_code"  # the method beside the kinds of factors
NO_FACTORS = {"$unset": {SECOND_FACTOR: 1, "pendingApp": 1}}  # the update of an account that removes all


@dataclass(frozen=True, slots=True)
class Use:
    """What uses up something of an account, in the update of it that something else needs anyway.

    In the element of the list `path` that has the values `key`, as long as it meets `condition`, `fields` are set, and
    values added to the lists in `added`.
    """

    path: str
    key: dict[str, Any]
    condition: dict[str, Any]
    fields: dict[str, Any]
    refusal: type[ServiceError]  # of who comes too late
    added: dict[str, Any] = field(default_factory=dict)

    @property
    def possible(self) -> dict[str, Any]:
        """The condition of a query for the account in which it can still be used."""
        return {self.path: {"$elemMatch": {**self.key, **self.condition}}}

    def changes(self, name: str) -> dict[str, dict[str, Any]]:
        """The update of the account, where `name` stands for the element."""
        operators = {"$set": self.fields, "$push": self.added}
        return {
            each: {f"{self.path}.$[{name}].{key}": fields[key] for key in fields} for each, fields in operators.items()
        }

    def filter(self, name: str) -> dict[str, Any]:
        """Which element `name` stands for, as an array filter."""
        return {f"{name}.{key}": value for key, value in self.key.items()}


def of(user: UserRecord, *, kind: FactorKind | None = None) -> list[FactorRecord]:
    """The factors of a user, the oldest first, perhaps of one kind."""
    kept: Any = user.get("secondFactor", {})
    found = [factor for each in FactorKind if kind in (None, each) for factor in kept.get(each.value, [])]
    return sorted(found, key=lambda factor: factor["_id"])


def methods(user: UserRecord) -> list[str]:
    """The kinds of factors that a user has."""
    return sorted({each["kind"] for each in of(user)})


def find(user: UserRecord, factor_id: ObjectId) -> FactorRecord:
    """The factor of a user with this id.

    Raises:
        FactorNotFound: the user has no such factor.
    """
    for factor in of(user):
        if factor["_id"] == factor_id:
            return factor
    raise FactorNotFound


def by_credential(user: UserRecord, credential_id: bytes) -> FactorRecord | None:
    """The passkey of a user with this credential id."""
    passkeys = of(user, kind=FactorKind.PASSKEY)
    return next((each for each in passkeys if each["credentialId"] == credential_id), None)


def holder_of(credential_id: bytes) -> UserRecord | None:
    """The user who has the passkey with this credential id."""
    user: UserRecord | None = User._get_collection().find_one({PASSKEY_ID: credential_id})
    return user


def path_of(kind: str) -> str:
    """Where an account has its factors of a kind."""
    return f"{SECOND_FACTOR}.{kind}"


def begin(user_id: ObjectId, app: FactorRecord) -> None:
    """Store an app that waits for its first code, instead of an earlier one that still does."""
    User._get_collection().update_one({"_id": user_id}, {"$set": {"pendingApp": app}})


def rename(user_id: ObjectId, factor: FactorRecord, name: str) -> bool:
    """Give a factor of a user another name; whether it was still there."""
    path = path_of(factor["kind"])
    condition = {"_id": user_id, f"{path}._id": factor["_id"]}
    return bool(User._get_collection().update_one(condition, {"$set": {f"{path}.$.name": name}}).matched_count)


def first(factor: FactorRecord, codes: list[RecoveryCodeRecord], *, since: datetime) -> dict[str, Any]:
    """The update of an account that gets its first factor, and recovery codes."""
    kept = {"since": since, factor["kind"]: [factor], "recoveryCodes": codes}
    return {"$set": {SECOND_FACTOR: kept}, **_no_longer_pending(factor)}


def another(factor: FactorRecord) -> dict[str, Any]:
    """The update of an account that gets one more factor."""
    return {"$push": {path_of(factor["kind"]): factor}, **_no_longer_pending(factor)}


def without(user: UserRecord, factor: FactorRecord) -> dict[str, Any]:
    """The update of an account that loses a factor, with the last one all that goes with it."""
    if len(of(user)) == 1:
        return {"$unset": {SECOND_FACTOR: 1}}
    return {"$pull": {path_of(factor["kind"]): {"_id": factor["_id"]}}}


def _no_longer_pending(factor: FactorRecord) -> dict[str, Any]:
    """An app was the one that waited for its first code."""
    return {"$unset": {"pendingApp": 1}} if factor["kind"] == FactorKind.TOTP else {}
