"""What a token of this service says, whatever its form; `web/tokens` alone knows that."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says (RFC 7519): the user `sub`, the session `sid`, its own name `jti`, and its times."""

    sub: str
    sid: str
    jti: str
    issued_at: datetime
    expires_at: datetime


Seal = Callable[[Claims], str]


def digest(token: str) -> str:
    """The SHA-256 of a token's text, in hexadecimal: the only form it is stored in."""
    return hashlib.sha256(token.encode()).hexdigest()
