"""The second step of a login: checks a second factor of the account whose password was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auth_service.documents.factor import FactorKind
from auth_service.documents.records import UserRecord
from auth_service.documents.user import User
from auth_service.errors import InvalidTicket, NotFound, PasskeyRefused, SecondFactorRequired, ServiceError
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors
from auth_service.services.credentials.challenges import ChallengePurpose
from auth_service.services.credentials.factors import RECOVERY_CODE, Use
from auth_service.services.credentials.webauthn import PREFERRED
from auth_service.services.factors.proofs import Occasion, Proof, Verified
from auth_service.services.factors.verification import FactorVerification
from auth_service.services.login.ticket import LIFETIME, Ticket, Tickets
from auth_service.services.protection.factor_tries import TICKETS, FactorTries, may_compare

if TYPE_CHECKING:
    from auth_service.services.credentials.relying_party import RelyingParty


@dataclass(frozen=True, slots=True)
class Accepted:
    """Whose second factor was right, and what the session that it opens uses up."""

    user: UserRecord
    verified: Verified
    uses: list[Use]


class SecondFactorStep:
    """Hands tickets out, and checks factors against the tries that a ticket has and the delays of the account."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        tries: FactorTries,
        verification: FactorVerification,
        party: "RelyingParty | None",
        audit: Audit,
    ) -> None:
        self._tickets = tickets
        self._tries = tries
        self._verification = verification
        self._party = party
        self._audit = audit

    def ask(self, user: UserRecord) -> SecondFactorRequired:
        """What asks for the second factor of `user`, whose password was right."""
        self._audit.record(EventType.LOGIN, user_id=user["_id"], failure=SecondFactorRequired.code)
        methods, expires_in = methods_of(user), int(LIFETIME.total_seconds())
        return SecondFactorRequired(ticket=self._tickets.issue(user), methods=methods, expires_in=expires_in)

    def options(self, text: str) -> dict[str, Any]:
        """What a browser needs to sign in by a passkey of the ticket's account.

        Raises:
            InvalidTicket: the ticket is not valid.
            NotFound: there are no passkeys here.
        """
        if self._party is None:
            raise NotFound
        ticket = self._tickets.verify(text)
        user: UserRecord | None = User._get_collection().find_one({"_id": ticket.user_id})
        if user is None or not ticket.fits(user) or "suspended" in user:
            raise InvalidTicket
        occasion, known = _occasion(ticket), factors.of(user, kind=FactorKind.PASSKEY)
        return self._party.request_options(
            occasion.purpose, binding=occasion.binding, known=known, verification=occasion.verification
        )

    def check(self, text: str, proof: Proof) -> Accepted:
        """Check what is presented with a ticket, whose try is counted before.

        Raises:
            InvalidTicket: it is not genuine, has expired, was tried too often, or the account has changed.
            LoginDelayed: too many codes were wrong.
            InvalidSecondFactor, PasskeyUnknown, PasskeyRefused, PasskeySuspect: it is none.
        """
        ticket = self._tickets.verify(text)
        user = self._tries.count_login(
            ticket.user_id,
            ticket.version,
            ticket_id=ticket.ticket_id,
            expires_at=ticket.expires_at,
            guessable=proof.is_guessable,
        )
        if not ticket.fits(user):
            raise InvalidTicket
        rests = not may_compare(user["secondFactor"].get("tries"))
        try:
            verified = self._verification.verify(user, proof, _occasion(ticket, _answered(ticket, user)), rests=rests)
        except ServiceError as refusal:
            self.record_refusal(user, refusal)
            raise
        return Accepted(user, verified, [verified.use, *_remembered(ticket, verified.challenge)])

    def record_refusal(self, user: UserRecord, refusal: ServiceError) -> None:
        """Record that a factor was refused."""
        self._audit.record(EventType.LOGIN, user_id=user["_id"], failure=refusal.code)


def methods_of(user: UserRecord) -> list[str]:
    """What `user` can present as a second factor; none where the account has none."""
    return [*factors.methods(user), RECOVERY_CODE] if "secondFactor" in user else []


def _answered(ticket: Ticket, user: UserRecord) -> Sequence[bytes]:
    """The challenges of a ticket, one of whose tries was just counted, that passkeys have answered."""
    tickets = user["secondFactor"]["tries"]["tickets"]
    return next(each.get("answered", []) for each in tickets if each["id"] == ticket.ticket_id)


def _occasion(ticket: Ticket, answered: Sequence[bytes] = ()) -> Occasion:
    """Beside a password a passkey proves possession; it need not verify its user as well."""
    return Occasion(ChallengePurpose.SECOND_FACTOR, ticket.ticket_id, PREFERRED, answered)


def _remembered(ticket: Ticket, challenge: bytes | None) -> list[Use]:
    """What lets a ticket remember the challenge that a passkey answered: that answer opens no other session."""
    if challenge is None:
        return []
    unanswered, added = {"answered": {"$ne": challenge}}, {"answered": challenge}
    return [Use(TICKETS, {"id": ticket.ticket_id}, unanswered, {}, PasskeyRefused, added)]
