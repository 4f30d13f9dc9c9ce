"""What the tokens of this service claim, independent of their encoding."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auth_service.documents.records import SessionRecord
from auth_service.services.sessions.freshness import authenticated_at

PASSWORD = "pwd"  # nosec B105 # a name


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token (RFC 7519): the user `sub`, the session `sid`, the token's own id `jti`, and its times.

    `generation` is the place of a refresh token in its session's chain, 0 at login; access tokens have none.
    """

    sub: str
    sid: str
    jti: str
    issued_at: datetime
    expires_at: datetime
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Authentication:
    """When and how the user of a session last proved who they are: `auth_time` and `amr` (RFC 9068, RFC 8176)."""

    at: datetime
    methods: Sequence[str]

    @classmethod
    def of(cls, session: SessionRecord) -> "Authentication":
        """That of a session; one that does not say how was opened by a password."""
        return cls(authenticated_at(session), session.get("amr", [PASSWORD]))


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token of a request, not verified: the digest of its text, and the session it claims to belong to."""

    token_hash: str
    session_id: str | None


def digest(token: str) -> str:
    """The SHA-256 of a token's text, in hexadecimal: the only form in which tokens are stored."""
    return hashlib.sha256(token.encode()).hexdigest()
