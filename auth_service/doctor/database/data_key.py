"""Checks that secrets of second factors open, whether `DATA_KEY_PREVIOUS` is needed, and that passkeys are usable."""

from typing import Any

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.documents.factor import FactorKind
from auth_service.documents.user import PASSKEY_ID, SEALED_BY, User
from auth_service.services.credentials.factors import path_of
from auth_service.services.credentials.sealing import seal_by
from auth_service.services.factors.resealing import key_use
from auth_service.settings.settings import Settings

CHECK, KEY, PREVIOUS = "data key", "DATA_KEY", "DATA_KEY_PREVIOUS"
LOCKED_OUT = f"accounts have second factors, and {KEY} is not set: their users cannot log in"
LOST = "{number} secrets of second factors open by no key that is set: their users need a recovery code"
NEEDED = f"{PREVIOUS} has sealed {{number}} secrets: run `.venv/bin/python -m auth_service factors reseal`"
CAN_GO = f"{PREVIOUS} can go now: no secret is sealed by it; take it out of the configuration"
NO_PARTY = "there are passkeys, and PUBLIC_URL is not set or has no name: nobody can use them"
MOVED = "there are passkeys for another host than that of PUBLIC_URL, {host}: nobody can use those"


def examine(settings: Settings) -> list[Finding]:
    """The findings about the key, and about passkeys."""
    return [*_examine_key(settings), *_examine_passkeys(settings)]


def _examine_key(settings: Settings) -> list[Finding]:
    seal = seal_by(settings.factors.key, settings.factors.previous_key)
    if seal is None:
        locked_out = _anybody(SEALED_BY) or _anybody(PASSKEY_ID)
        return [problem(CHECK, LOCKED_OUT) if locked_out else ok(CHECK, f"{KEY} is not set")]
    use = key_use(seal.fingerprints)
    findings = [problem(CHECK, LOST.format(number=use.others))] if use.others else []
    if use.previous:
        return [*findings, warning(CHECK, NEEDED.format(number=use.previous))]
    if seal.previous:
        return [*findings, warning(CHECK, CAN_GO)]
    return findings or [ok(CHECK, f"all secrets of second factors are sealed by {KEY}")]


def _examine_passkeys(settings: Settings) -> list[Finding]:
    host = settings.service.passkey_host
    if not _anybody(PASSKEY_ID):
        return []
    if not settings.has_passkeys:
        return [problem(CHECK, NO_PARTY)]
    if _anybody(PASSKEY_ID, **{path_of(FactorKind.PASSKEY.value): {"$elemMatch": {"host": {"$ne": host}}}}):
        return [problem(CHECK, MOVED.format(host=host))]
    return []


def _anybody(field: str, **more: Any) -> bool:
    """Whether any account has an indexed `field`, and meets what `more` asks."""
    return User._get_collection().find_one({field: {"$exists": True}, **more}, {"_id": 1}) is not None
