"""Verifies what passkeys sign (W3C WebAuthn Level 3), by the library fido2.

The library verifies the challenge, the signature, the relying party and the presence of the user. What it does not is
checked here: that no other site frames the page, the exact origin, the algorithm, the user, and the backup flags.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticationResponse, RegistrationResponse
from pymongo.client_session import ClientSession

from auth_service.documents.records import FactorRecord
from auth_service.services.credentials.challenges import ChallengeInvalid, ChallengePurpose
from auth_service.services.credentials.relying_party import ALGORITHMS, RelyingParty, handle
from auth_service.services.credentials.webauthn import REQUIRED, Assertion, NewCredential, PasskeyInvalid

LONGEST_CREDENTIAL_ID = 1023  # bytes, WebAuthn section 4
LONGEST_PUBLIC_KEY = 2048  # bytes; RSA of 4096 bits has half of it
CODED = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")  # in base64url
MOST_TRANSPORTS, LONGEST_TRANSPORT = 8, 32

# What parsers raise for bytes that no authenticator sends. `assert` is what fido2 does about a missing part.
MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    NotImplementedError,
    RecursionError,
    struct.error,
)


class Passkeys:
    """Verifies the passkeys of one relying party."""

    def __init__(self, *, party: RelyingParty) -> None:
        self._party = party

    def use_up(self, challenge: bytes, *, transaction: ClientSession) -> None:
        """Use a verified challenge up, in the transaction of its effect.

        Raises:
            PasskeyInvalid: it was used.
        """
        try:
            self._party.challenges.use(challenge, transaction=transaction)
        except ChallengeInvalid:
            raise PasskeyInvalid from None

    def verify_new(self, answer: Mapping[str, Any], *, binding: str) -> NewCredential:
        """The passkey that a browser made.

        Raises:
            PasskeyInvalid: it does not hold.
        """
        try:
            _require_form(answer)
            parsed = RegistrationResponse.from_dict(answer)
            challenge = self._require_ours(parsed.response.client_data, ChallengePurpose.ENROLMENT, binding)
            made = self._party.server.register_complete(_state(challenge, REQUIRED), parsed)
            data = made.credential_data
            key = cbor.encode(dict(data.public_key))
            if data.credential_id != parsed.raw_id or data.public_key.get(3) not in ALGORITHMS:
                raise PasskeyInvalid
            if len(data.credential_id) > LONGEST_CREDENTIAL_ID or len(key) > LONGEST_PUBLIC_KEY:
                raise PasskeyInvalid
            _require_possible_backup(made)
        except (*MALFORMED, ChallengeInvalid) as error:
            raise PasskeyInvalid from error
        fields = {
            "credentialId": bytes(data.credential_id),
            "publicKey": key,
            "signCount": made.counter,
            "host": self._party.host,
            "transports": _transports(answer),
            "backupEligible": made.is_backup_eligible(),
            "backedUp": made.is_backed_up(),
        }
        return NewCredential(fields=fields, challenge=challenge)

    def verify(
        self,
        answer: Mapping[str, Any],
        passkey: FactorRecord,
        purpose: ChallengePurpose,
        *,
        user_id: ObjectId,
        binding: str,
        verification: str = REQUIRED,
    ) -> Assertion:
        """Verify that `passkey`, which the user has, signed a challenge of this purpose and binding.

        Raises:
            PasskeyInvalid: it did not.
        """
        try:
            _require_form(answer)
            parsed = AuthenticationResponse.from_dict(answer)
            challenge = self._require_ours(parsed.response.client_data, purpose, binding)
            key = CoseKey.parse(cbor.decode(passkey["publicKey"]))  # type: ignore[arg-type]
            stored = AttestedCredentialData.create(Aaguid.NONE, passkey["credentialId"], key)
            self._party.server.authenticate_complete(_state(challenge, verification), [stored], parsed)
            _require_owner(parsed.response.user_handle, user_id, required=purpose is ChallengePurpose.LOGIN)
            data = parsed.response.authenticator_data
            _require_possible_backup(data)
            if data.is_backup_eligible() != passkey["backupEligible"]:
                raise PasskeyInvalid
        except (*MALFORMED, ChallengeInvalid) as error:
            raise PasskeyInvalid from error
        return Assertion(sign_count=data.counter, backed_up=data.is_backed_up(), challenge=challenge)

    def _require_ours(self, client_data: Any, purpose: ChallengePurpose, binding: str) -> bytes:
        """The challenge that was signed, if it is ours and no other site framed the page.

        Raises:
            PasskeyInvalid, ChallengeInvalid: it is not, or one did.
        """
        if client_data.cross_origin or "topOrigin" in json.loads(client_data):
            raise PasskeyInvalid
        challenge = bytes(client_data.challenge)
        self._party.challenges.verify(challenge, purpose, binding)
        return challenge


def _state(challenge: bytes, verification: str) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": verification}


def _require_form(answer: Mapping[str, Any]) -> None:
    """The library takes an unknown type for none, and a number in the place of bytes for how many to make."""
    response = answer["response"]
    coded = [answer["rawId"], *(response[name] for name in CODED if response.get(name) is not None)]
    if answer.get("type") != "public-key" or not all(isinstance(each, str) for each in coded):
        raise PasskeyInvalid


def _require_owner(presented_handle: bytes | None, user_id: ObjectId, *, required: bool) -> None:
    if presented_handle is None and not required:  # only an answer to named credentials may leave it out
        return
    if presented_handle is None or bytes(presented_handle) != handle(user_id):
        raise PasskeyInvalid


def _require_possible_backup(data: Any) -> None:
    """A passkey that cannot be backed up is not (WebAuthn section 6.1.3)."""
    if data.is_backed_up() and not data.is_backup_eligible():
        raise PasskeyInvalid


def _transports(answer: Mapping[str, Any]) -> list[str]:
    """How the browser says that the authenticator is reached; unverified, and only repeated to the browser."""
    named = answer.get("response", {}).get("transports")
    texts = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    return [each for each in texts if each.isascii() and len(each) <= LONGEST_TRANSPORT][:MOST_TRANSPORTS]
