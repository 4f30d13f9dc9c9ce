"""Remembers when the service changed its secrets, so that it can be told how long tokens of the previous one live.

The database never sees a secret, only a fingerprint: an HMAC under it, cut short.
"""

import hmac
from collections.abc import Iterable

from auth_service.clock import Clock
from auth_service.documents.signing_secret import SigningSecret
from auth_service.settings.sessions import TokenSettings

ACCESS, REFRESH = "access", "refresh"
FINGERPRINT = b"fingerprint of a secret that signs tokens"


class SigningSecrets:
    """Records the secrets that one application signs with."""

    def __init__(self, *, clock: Clock, settings: TokenSettings) -> None:
        self._clock = clock
        self._signing = {ACCESS: settings.access_secret, REFRESH: settings.refresh_secret}

    def record(self) -> None:
        """Note that this process signs with its secrets, and that any other was replaced, unless that is known.

        Any number of processes may do so, as often as they start. One that starts with the old secret, after others
        started with the new, puts the old in force again, until the next that starts with the new.
        """
        for kind, secret in self._signing.items():
            self._record(kind, name(kind, secret))

    def _record(self, kind: str, present: str) -> None:
        secrets, now = SigningSecret._get_collection(), self._clock.now()
        born = {"kind": kind, "since": now}
        secrets.update_one({"_id": present}, {"$setOnInsert": born, "$unset": {"replacedAt": ""}}, upsert=True)
        others = {"kind": kind, "_id": {"$ne": present}, "replacedAt": None}
        secrets.update_many(others, {"$set": {"replacedAt": now}})


def name(kind: str, secret: str) -> str:
    """What the record of `secret`, as a key for tokens of this kind, is found by."""
    return f"{kind} {hmac.digest(secret.encode(), FINGERPRINT, 'sha256')[:8].hex()}"


def recorded(names: Iterable[str]) -> list[SigningSecret]:
    """The records of these names."""
    return list(SigningSecret.objects(name__in=list(names)))
