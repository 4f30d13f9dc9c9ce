"""Seals the secrets of apps anew, by the key that seals now, so that the former key can go.

It works in small commands, each for one factor, can be stopped, and goes on when it is run again. A factor that is
deleted meanwhile stays so.
"""

from dataclasses import dataclass
from typing import Any

from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.documents.user import SEALED_BY, User
from auth_service.services.credentials import factors
from auth_service.services.credentials.factors import path_of
from auth_service.services.credentials.sealing import Seal, Unsealable
from auth_service.services.factors.verification import place_of

BATCH = 200
TOTP = FactorKind.TOTP.value


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed anew, and how many no configured key opens."""

    resealed: int
    lost: int


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many secrets each key has sealed: the one that seals now, the former one, others."""

    current: int
    previous: int
    others: int


def reseal(seal: Seal) -> Resealed:
    """Seal every secret that another key has sealed.

    Raises:
        pymongo.errors.PyMongoError: the database does not answer; what was sealed stays so.
    """
    resealed = lost = 0
    others = {SEALED_BY: {"$exists": True}, path_of(TOTP): {"$elemMatch": {"sealedBy": {"$ne": seal.fingerprint}}}}
    for user in User._get_collection().find(others).sort("_id").batch_size(BATCH):
        for app in factors.of(user, kind=FactorKind.TOTP):
            try:
                resealed += _reseal(user, app, seal)
            except Unsealable:
                lost += 1
    return Resealed(resealed=resealed, lost=lost)


def key_use(fingerprints: list[str]) -> KeyUse:
    """How many secrets the keys with these fingerprints have sealed: the current one, then the former one."""
    stages: list[dict[str, Any]] = [
        {"$match": {SEALED_BY: {"$exists": True}}},
        {"$unwind": f"${path_of(TOTP)}"},
        {"$group": {"_id": f"${SEALED_BY}", "n": {"$sum": 1}}},
    ]
    counts = {each["_id"]: each["n"] for each in User._get_collection().aggregate(stages)}
    current, previous = ([counts.pop(name, 0) for name in fingerprints] + [0, 0])[:2]
    return KeyUse(current=current, previous=previous, others=sum(counts.values()))


def _reseal(user: UserRecord, app: FactorRecord, seal: Seal) -> int:
    """Seal one secret anew; 0 where it is, where somebody else has, or where the app is gone."""
    if app["sealedBy"] == seal.fingerprint:
        return 0
    place, path = place_of(user, app), path_of(TOTP)
    sealed = seal.close(seal.open(app, place), place)
    same = {"_id": user["_id"], path: {"$elemMatch": {"_id": app["_id"], "sealedBy": app["sealedBy"]}}}
    changes = {f"{path}.$.{field}": value for field, value in sealed.items()}
    return int(User._get_collection().update_one(same, {"$set": changes}).modified_count)
