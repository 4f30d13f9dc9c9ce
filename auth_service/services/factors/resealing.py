"""Seals the secrets of apps anew, by the key that seals now, so that the former key can go.

It works in small commands, each for one factor, can be stopped, and goes on when it is run again. A factor that is
deleted meanwhile stays so.
"""

from dataclasses import dataclass

from auth_service.documents.factor import Factor, FactorKind
from auth_service.documents.records import FactorRecord
from auth_service.services.credentials.sealing import Seal, Unsealable
from auth_service.services.factors.verification import place_of

BATCH = 200


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
    others = {"kind": FactorKind.TOTP.value, "sealedBy": {"$ne": seal.fingerprint}}
    for factor in Factor._get_collection().find(others).sort("_id").batch_size(BATCH):
        try:
            resealed += _reseal(factor, seal)
        except Unsealable:
            lost += 1
    return Resealed(resealed=resealed, lost=lost)


def key_use(fingerprints: list[str]) -> KeyUse:
    """How many secrets the keys with these fingerprints have sealed: the current one, then the former one."""
    counts: dict[str, int] = {}
    stages = [{"$match": {"kind": FactorKind.TOTP.value}}, {"$group": {"_id": "$sealedBy", "n": {"$sum": 1}}}]
    for each in Factor._get_collection().aggregate(stages):
        counts[each["_id"]] = each["n"]
    current, previous = ([counts.pop(name, 0) for name in fingerprints] + [0, 0])[:2]
    return KeyUse(current=current, previous=previous, others=sum(counts.values()))


def _reseal(factor: FactorRecord, seal: Seal) -> int:
    """Seal one secret anew; 0 where somebody else has, or the factor is gone."""
    place = place_of(factor)
    sealed = seal.close(seal.open(factor, place), place)
    same = {"_id": factor["_id"], "sealedBy": factor["sealedBy"]}
    return int(Factor._get_collection().update_one(same, {"$set": sealed}).modified_count)
