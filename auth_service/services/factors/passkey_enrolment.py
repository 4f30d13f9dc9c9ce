"""Sets up passkeys (WebAuthn) for the user of a session."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from auth_service.documents.factor import FactorKind
from auth_service.documents.records import UserRecord
from auth_service.errors import InvalidRequest, PasskeyKnown
from auth_service.services.accounts.directory import read_caller
from auth_service.services.credentials import factors
from auth_service.services.credentials.webauthn import PasskeyInvalid
from auth_service.services.factors.enrolment import Enrolled, Enrolment, with_room
from auth_service.services.factors.proofs import REFUSED
from auth_service.services.sessions.access import Principal

if TYPE_CHECKING:
    from auth_service.services.credentials.passkeys import Passkeys
    from auth_service.services.credentials.relying_party import RelyingParty


class PasskeyEnrolment:
    """Sets up passkeys; `party` and `passkeys` are there where passkeys can be."""

    def __init__(self, *, party: "RelyingParty | None", passkeys: "Passkeys | None", enrolment: Enrolment) -> None:
        self._party = party
        self._passkeys = passkeys
        self._enrolment = enrolment

    def options(self, *, principal: Principal) -> dict[str, Any]:
        """What the browser needs to make a passkey.

        Raises:
            TooManyFactors: the user has as many as one may have.
        """
        assert self._party is not None, "its routes need passkeys"
        user = with_room(read_caller(principal))
        known = factors.of(user, kind=FactorKind.PASSKEY)
        return self._party.creation_options(user, known, binding=principal.session_id)

    def add(self, *, principal: Principal, name: str, answer: Mapping[str, Any]) -> Enrolled:
        """Make the passkey that a browser made a factor.

        Raises:
            InvalidRequest: it was refused, or its challenge was used.
            PasskeyKnown: somebody has set it up.
            TooManyFactors: the user has as many as one may have.
        """
        assert self._passkeys is not None, "its routes need passkeys"
        use_up = self._passkeys.use_up
        try:
            made = self._passkeys.verify_new(answer, binding=principal.session_id)
        except PasskeyInvalid:
            raise InvalidRequest(errors=REFUSED) from None
        drafted: Any = self._enrolment.drafted(FactorKind.PASSKEY, name)

        def require_new(user: UserRecord, running: ClientSession) -> None:
            if factors.by_credential(user, made.fields["credentialId"]):
                raise PasskeyKnown
            try:
                use_up(made.challenge, transaction=running)
            except PasskeyInvalid:
                raise InvalidRequest(errors=REFUSED) from None

        try:
            return self._enrolment.enrol(principal, drafted | made.fields, require_new)
        except DuplicateKeyError:
            raise PasskeyKnown from None
