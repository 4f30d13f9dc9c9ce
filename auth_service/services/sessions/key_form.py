"""The form of an API key: `ak_<session id>_<secret>`. Scanners find one that was published by mistake."""

import hashlib
import re
from dataclasses import dataclass

PREFIX = "ak_"
FORM = re.compile(r"ak_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")  # 32 random bytes in base64url (RFC 4648)


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """The session that a presented key names, and the SHA-256 of its secret, in hexadecimal."""

    session_id: str
    key_hash: str


def is_key(token: str) -> bool:
    """Whether a bearer token claims to be an API key."""
    return token.startswith(PREFIX)


def parse(token: str) -> PresentedKey | None:
    """What a key names; `None` when it does not have the form of one."""
    found = FORM.fullmatch(token)
    return PresentedKey(found[1], digest(found[2])) if found else None


def written(session_id: str, secret: str) -> str:
    """The key of a session with this secret."""
    return f"{PREFIX}{session_id}_{secret}"


def digest(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal: the only form in which it is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
