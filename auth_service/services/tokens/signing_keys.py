"""The keys that sign access tokens with ES256 (RFC 7518 section 3.4), and what is published of them (RFC 7517).

The first key signs, all of them verify and are published.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key on the curve P-256, and its id: the thumbprint of its public part."""

    private: EllipticCurvePrivateKey = field(repr=False)
    public: EllipticCurvePublicKey = field(init=False, repr=False)
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", self.private.public_key())
        object.__setattr__(self, "kid", _thumbprint(self.public_members))

    @property
    def public_members(self) -> dict[str, str]:
        """The members of a JWK that are the public key (RFC 7518 section 6.2.1)."""
        jwk = ECAlgorithm.to_jwk(self.public, as_dict=True)
        return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}


class SigningKeys:
    """The keys of one application, in the order of its file; there is at least one."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self.signing = keys[0]
        self._by_id = {key.kid: key for key in keys}

    @property
    def ids(self) -> list[str]:
        """The ids of all keys, first that of the one that signs."""
        return list(self._by_id)

    def public_key(self, kid: object) -> EllipticCurvePublicKey | None:
        """The key of this id, which may be anything that a token names; `None` when there is none."""
        key = self._by_id.get(kid) if isinstance(kid, str) else None
        return key.public if key else None

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The JWK Set (RFC 7517 section 5) with which others verify."""
        return {
            "keys": [
                {**key.public_members, "kid": key.kid, "alg": ALGORITHM, "use": "sig"} for key in self._by_id.values()
            ]
        }


def _thumbprint(members: dict[str, str]) -> str:
    """The thumbprint of a JWK by SHA-256 (RFC 7638)."""
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
