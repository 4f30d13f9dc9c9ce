"""What browsers are asked when a passkey is made or signs (W3C WebAuthn Level 3), by the library fido2."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bson import ObjectId
from fido2.server import Fido2Server
from fido2.webauthn import (
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
)

from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.services.credentials.challenges import ChallengePurpose, Challenges
from auth_service.services.credentials.webauthn import REQUIRED

ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256 (RFC 9053); every authenticator knows one
TIMEOUT = 300_000  # milliseconds

logging.getLogger("fido2").setLevel(logging.WARNING)  # it logs the ids of credentials


@dataclass(frozen=True)
class RelyingParty:
    """The service as browsers know it: its `name` for people, its `host`, and the one `origin` of its pages."""

    name: str
    host: str
    origin: str
    challenges: Challenges

    def creation_options(self, user: UserRecord, known: Iterable[FactorRecord], *, binding: str) -> dict[str, Any]:
        """What a browser needs to make a passkey of `user`, who has the `known` ones."""
        owner = PublicKeyCredentialUserEntity(id=handle(user["_id"]), name=user["email"], display_name=user["email"])
        options, _ = self.server.register_begin(
            owner,
            _descriptors(known),
            resident_key_requirement=REQUIRED,
            user_verification=REQUIRED,
            challenge=self.challenges.issue(ChallengePurpose.ENROLMENT, binding),
        )
        return _public_key(options)

    def request_options(
        self,
        purpose: ChallengePurpose,
        *,
        binding: str,
        known: Iterable[FactorRecord] | None = None,
        verification: str = REQUIRED,
    ) -> dict[str, Any]:
        """What a browser needs to sign in by one of the `known` passkeys, or by any that it finds."""
        options, _ = self.server.authenticate_begin(
            _descriptors(known) if known is not None else None,
            user_verification=verification,
            challenge=self.challenges.issue(purpose, binding),
        )
        return _public_key(options)

    @cached_property
    def server(self) -> Any:
        """The library's, which keeps nothing between calls; making it takes longer than using it."""
        party = PublicKeyCredentialRpEntity(id=self.host, name=self.name)
        server: Any = Fido2Server(party, attestation="none", verify_origin=self._is_own)  # type: ignore[arg-type]
        server.timeout = TIMEOUT
        server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=each) for each in ALGORITHMS
        ]
        return server

    def _is_own(self, origin: str) -> bool:
        return origin == self.origin


def handle(user_id: ObjectId) -> bytes:
    """The user handle of an account; it is no personal data (WebAuthn section 14.6.1)."""
    return user_id.binary


def _descriptors(passkeys: Iterable[FactorRecord]) -> Any:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=each["credentialId"],
            transports=each.get("transports") or None,  # type: ignore[arg-type]
        )
        for each in passkeys
    ]


def _public_key(options: Any) -> dict[str, Any]:
    """The options in the JSON of `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`."""
    return dict(dict(options)["publicKey"])
