"""Challenges that passkeys sign (WebAuthn section 13.4.3): random, for one purpose, good for five minutes and once.

A challenge is signed instead of stored, so a page that only offers a passkey writes nothing. Its id is stored when it
is used, in the transaction of its effect.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from secrets import token_bytes

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.documents.used_challenge import UsedChallenge

LIFETIME = timedelta(minutes=5)
KEPT = timedelta(hours=1)  # after its end: the clock of a host may be slow, and the database's is another one
RANDOM, TIME, SIGNATURE = 16, 8, 32  # bytes
LABEL = b"challenges of passkeys"


class ChallengePurpose(StrEnum):
    """What a challenge is for; one of another purpose is not valid."""

    LOGIN = "login"
    SECOND_FACTOR = "second factor"
    CONFIRMATION = "confirmation"
    ENROLMENT = "enrolment"


class ChallengeInvalid(Exception):
    """The challenge was not issued for this, has expired, or was used."""


class Challenges:
    """Issues challenges that are signed by the first of `secrets`; the others verify, too."""

    def __init__(self, *, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._keys = [hmac.digest(secret.encode(), LABEL, "sha256") for secret in secrets]

    def issue(self, purpose: ChallengePurpose, binding: str) -> bytes:
        """A new challenge, bound to what must be presented with it, such as a session's id."""
        expires = round((self._clock.now() + LIFETIME).timestamp() * 1000)
        head = token_bytes(RANDOM) + expires.to_bytes(TIME)
        return head + _signature(self._keys[0], head, purpose, binding)

    def verify(self, challenge: bytes, purpose: ChallengePurpose, binding: str) -> None:
        """Return when `challenge` was issued for this, and has not expired.

        Raises:
            ChallengeInvalid: it was not, or has.
        """
        head, signature = challenge[: RANDOM + TIME], challenge[RANDOM + TIME :]
        outcomes = [hmac.compare_digest(_signature(key, head, purpose, binding), signature) for key in self._keys]
        if not any(outcomes) or _expiry(head) <= self._clock.now():
            raise ChallengeInvalid

    def use(self, challenge: bytes, *, transaction: ClientSession) -> None:
        """Use a verified challenge up.

        Raises:
            ChallengeInvalid: it was used.
        """
        record = {"_id": challenge[:RANDOM], "purgeAt": _expiry(challenge) + KEPT}
        try:
            UsedChallenge._get_collection().insert_one(record, session=transaction)
        except DuplicateKeyError:
            raise ChallengeInvalid from None


def _signature(key: bytes, head: bytes, purpose: ChallengePurpose, binding: str) -> bytes:
    return hmac.digest(key, b"\0".join([purpose.encode(), binding.encode(), head]), "sha256")


def _expiry(head: bytes) -> datetime:
    """The end of a genuine challenge."""
    return datetime.fromtimestamp(int.from_bytes(head[RANDOM : RANDOM + TIME]) / 1000, timezone.utc)
