"""A login by a passkey alone: it proves possession, and has verified its user, so it counts for two factors.

Nobody can guess one, so neither the delays after wrong passwords nor those after wrong codes hold it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auth_service.documents.records import UserRecord
from auth_service.errors import AccountSuspended, ServiceError
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.challenges import ChallengePurpose
from auth_service.services.factors.proofs import Occasion, Verified
from auth_service.services.factors.verification import FactorVerification

if TYPE_CHECKING:
    from auth_service.services.credentials.relying_party import RelyingParty

OCCASION = Occasion(ChallengePurpose.LOGIN, "")


class PasskeyStep:
    """Finds out who presents a passkey."""

    def __init__(self, *, verification: FactorVerification, party: "RelyingParty | None", audit: Audit) -> None:
        self._verification = verification
        self._party = party
        self._audit = audit

    def options(self) -> dict[str, Any]:
        """What a browser needs to sign in by any passkey of this service. Nothing is written."""
        assert self._party is not None, "its routes need passkeys"
        return self._party.request_options(OCCASION.purpose, binding=OCCASION.binding)

    def check(self, answer: Mapping[str, Any]) -> tuple[UserRecord, Verified]:
        """The user whose passkey signed, and the passkey.

        Raises:
            PasskeyUnknown: nobody has it.
            PasskeyRefused: what it signed does not hold.
            PasskeySuspect: there is a copy of it.
            AccountSuspended: it holds, and the account is suspended.
        """
        user = self._verification.holder_of(answer)
        try:
            verified = self._verification.verify_passkey(user, answer, OCCASION)
            if "suspended" in user:
                raise AccountSuspended
        except ServiceError as refusal:
            self._audit.record(EventType.LOGIN, user_id=user["_id"], failure=refusal.code)
            raise
        return user, verified
