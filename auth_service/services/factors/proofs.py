"""What is presented as a second factor, on which occasion, and what is known once it was verified."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.client_session import ClientSession

from auth_service.documents.factor import FactorKind
from auth_service.services.credentials.challenges import ChallengePurpose
from auth_service.services.credentials.factors import RECOVERY_CODE, Use
from auth_service.services.credentials.webauthn import REQUIRED

# How a session's user proved who they are (RFC 8176); a recovery code has no name there.
METHODS = {FactorKind.TOTP: "otp", FactorKind.PASSKEY: "pop", RECOVERY_CODE: "recovery"}
MULTIPLE = "mfa"
REFUSED = {"passkey": ["Was refused."]}  # what a caller who is known is told about a passkey that does not hold


@dataclass(frozen=True, slots=True)
class Proof:
    """What is presented as a second factor: one of these."""

    code: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)
    passkey: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def is_guessable(self) -> bool:
        """Whether it is a code of six digits."""
        return self.code is not None


@dataclass(frozen=True, slots=True)
class Verified:
    """A factor that was verified: its method (RFC 8176), and what uses it up.

    `use` belongs into the update of the account by what it opens, `also` into the same transaction, if there is more.
    `challenge` is what a passkey answered.
    """

    method: str
    use: Use
    also: Callable[[ClientSession], None] | None = None
    challenge: bytes | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a passkey is asked for: the challenge's purpose and binding, and whether it must verify its user.

    `answered` are the challenges that do not count again, where what they are bound to remembers them.
    """

    purpose: ChallengePurpose
    binding: str
    verification: str = REQUIRED
    answered: Sequence[bytes] | None = None
