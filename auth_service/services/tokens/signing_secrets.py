"""Records when the signing secrets were replaced, so that the doctor can tell how long tokens of the previous one live.

The database never sees a secret, only a fingerprint: a truncated HMAC under it.
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
        """Record that this process signs with its secrets, and that all others are replaced; idempotent.

        A process that starts with the old secret, after others started with the new one, puts the old one in force
        again, until the next process starts with the new one.
        """
        for kind, secret in self._signing.items():
            self._record(kind, name(kind, secret))

    def _record(self, kind: str, current: str) -> None:
        secrets, now = SigningSecret._get_collection(), self._clock.now()
        first = {"kind": kind, "since": now}
        secrets.update_one({"_id": current}, {"$setOnInsert": first, "$unset": {"replacedAt": ""}}, upsert=True)
        others = {"kind": kind, "_id": {"$ne": current}, "replacedAt": None}
        secrets.update_many(others, {"$set": {"replacedAt": now}})


def name(kind: str, secret: str) -> str:
    """The id of the record of `secret` as a key for tokens of this kind: it contains the fingerprint."""
    return f"{kind} {hmac.digest(secret.encode(), FINGERPRINT, 'sha256')[:8].hex()}"


def recorded(names: Iterable[str]) -> list[SigningSecret]:
    """The records with these names."""
    return list(SigningSecret.objects(name__in=list(names)))
