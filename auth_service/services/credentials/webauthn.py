"""The terms of passkeys that the service uses (W3C WebAuthn Level 3), without the library.

The library takes 2.2 MiB of memory in each worker. Only `passkeys` and `relying_party` import it, and only where there
are passkeys is either of them imported.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth_service.documents.records import FactorRecord

REQUIRED, PREFERRED = "required", "preferred"  # whether the user must be verified


class PasskeyInvalid(Exception):
    """What the browser sent does not hold; nothing of it says who is calling."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """The fields of a passkey that was set up, and the challenge to use up with it."""

    fields: dict[str, Any]
    challenge: bytes


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified login: the count of the passkey's signatures, its backup flag, and the challenge to use up with it."""

    sign_count: int
    backed_up: bool
    challenge: bytes

    def shows_a_copy(self, passkey: FactorRecord) -> bool:
        """Whether the count did not grow (WebAuthn section 6.1.1). Passkeys that do not count always say zero."""
        counts = self.sign_count, passkey.get("signCount", 0)
        return any(counts) and counts[0] <= counts[1]


def credential_id_of(answer: Mapping[str, Any]) -> bytes:
    """The id of the passkey that an answer claims to be of; nothing is verified.

    Raises:
        PasskeyInvalid: the answer has another form.
    """
    text = answer.get("rawId")
    if not isinstance(text, str):
        raise PasskeyInvalid
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise PasskeyInvalid from None
