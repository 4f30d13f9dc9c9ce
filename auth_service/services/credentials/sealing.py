"""Seals secrets that the service must be able to read again, with AES-256-GCM (NIST SP 800-38D).

What a seal protects stays bound to its place: with another purpose, user or record it does not open.
"""

import hmac
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import NotRequired, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes; random, so one key may seal 2^32 secrets
FINGERPRINT = b"fingerprint of a key that seals data"


class SealedRecord(TypedDict):
    """A sealed secret as it is stored: the nonce and the ciphertext, and the fingerprint of the key."""

    sealed: NotRequired[bytes]
    sealedBy: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed secret belongs: what it is for, whose it is, in which record."""

    purpose: str
    user_id: str
    record_id: str

    @property
    def bound(self) -> bytes:
        """The associated data of the cipher; no part may contain the separator."""
        return "|".join((self.purpose, self.user_id, self.record_id)).encode()


class Unsealable(Exception):
    """No key that is configured opens the secret in this place."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals with `key`, and opens what that one or the `previous` key sealed."""

    key: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """That of the key that seals."""
        return fingerprint(self.key)

    @property
    def fingerprints(self) -> list[str]:
        """Those of all keys that open."""
        return [fingerprint(key) for key in (self.key, self.previous) if key]

    def close(self, secret: bytes, place: Place) -> SealedRecord:
        """`secret` as it may be stored in `place`."""
        nonce = token_bytes(NONCE)
        sealed = nonce + AESGCM(self.key).encrypt(nonce, secret, place.bound)
        return SealedRecord(sealed=sealed, sealedBy=self.fingerprint)

    def open(self, record: SealedRecord, place: Place) -> bytes:
        """The secret that was sealed in `place`.

        Raises:
            Unsealable: it was sealed by another key or in another place, or was damaged.
        """
        sealed, by = record.get("sealed", b""), record.get("sealedBy")
        for key in (self.key, self.previous):
            if key and fingerprint(key) == by:
                try:
                    return bytes(AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.bound))
                except (InvalidTag, ValueError):
                    break
        raise Unsealable


def seal_by(key: bytes | None, previous: bytes | None) -> Seal | None:
    """A seal by these keys; `None` where there is no key."""
    return Seal(key, previous) if key else None


def fingerprint(key: bytes) -> str:
    """What identifies a key in the database, and says nothing about it."""
    return hmac.digest(key, FINGERPRINT, "sha256")[:8].hex()
