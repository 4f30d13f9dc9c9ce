"""Confirms who uses a session, so that it may do what needs a fresh authentication (RFC 9470).

It asks for all that the account has: a passkey that has verified its user, or the password with a second factor where
there is one. The update holds for an active session only, so one that ended meanwhile stays ended. No token changes.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.database.transactions import transaction
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.errors import (
    InvalidCode,
    InvalidRequest,
    InvalidSecondFactor,
    PasskeyRefused,
    PasskeySuspect,
    PasskeyUnknown,
    SecondFactorMissing,
)
from auth_service.services.accounts.directory import read_caller
from auth_service.services.accounts.password.own import OwnPassword
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors
from auth_service.services.credentials.challenges import ChallengePurpose
from auth_service.services.factors.proofs import REFUSED, Occasion, Proof, Verified
from auth_service.services.factors.verification import FactorVerification
from auth_service.services.login.second_factor import methods_of
from auth_service.services.protection.factor_tries import FactorTries
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.freshness import Freshness

if TYPE_CHECKING:
    from auth_service.services.credentials.relying_party import RelyingParty


class Confirmation:
    """Makes sessions fresh."""

    def __init__(
        self,
        *,
        access: SessionAccess,
        freshness: Freshness,
        own_password: OwnPassword,
        verification: FactorVerification,
        party: "RelyingParty | None",
        tries: FactorTries,
        audit: Audit,
    ) -> None:
        self._access = access
        self._freshness = freshness
        self._own_password = own_password
        self._verification = verification
        self._party = party
        self._tries = tries
        self._audit = audit

    def options(self, *, principal: Principal) -> dict[str, Any]:
        """What a browser needs to confirm by a passkey of the account."""
        assert self._party is not None, "its routes need passkeys"
        known = factors.of(read_caller(principal), kind=FactorKind.PASSKEY)
        occasion = _occasion(principal)
        return self._party.request_options(occasion.purpose, binding=occasion.binding, known=known)

    def by_passkey(self, *, principal: Principal, answer: Mapping[str, Any]) -> datetime:
        """Confirm by a passkey; until when the session is fresh.

        Raises:
            InvalidRequest: the passkey was refused.
            SessionEnded, InvalidToken: the session ended, or the account was deleted, meanwhile.
        """
        occasion = _occasion(principal)
        return self._by_factor(principal, lambda user: self._verification.verify_passkey(user, answer, occasion))

    def by_password(self, *, principal: Principal, password: str, proof: Proof | None = None) -> datetime:
        """Confirm by the password, and where the account has a second factor by `proof` of it.

        Returns until when the session is fresh.

        Raises:
            WrongPassword: it is another one.
            SecondFactorMissing: the password is right, and there is no `proof`.
            InvalidCode, InvalidRequest: the second factor is wrong, or used.
            LoginDelayed: passwords, or codes, were wrong too often.
            LoginBusy: too many passwords wait to be checked.
            SessionEnded, InvalidToken: the session ended, or the account was deleted, meanwhile.
        """
        user = read_caller(principal)
        self._own_password.require(user, password, principal=principal, purpose=EventType.CONFIRMED)
        if "secondFactor" not in user:
            return self._accepted(principal, self._confirm(principal))
        if proof is None:
            raise SecondFactorMissing(methods=methods_of(user))
        given, occasion = proof, _occasion(principal)
        rests = given.is_guessable and not self._tries.count_confirmation(principal.session_id)
        return self._by_factor(principal, lambda user: self._verification.verify(user, given, occasion, rests=rests))

    def _by_factor(self, principal: Principal, verify: Callable[[UserRecord], Verified]) -> datetime:
        """Confirm by the factor that `verify` finds; it is used up together with what it confirms."""

        def attempt() -> SessionRecord:
            user = read_caller(principal)
            verified = verify(user)

            def work(running: ClientSession) -> SessionRecord:
                update_unchanged(user, {}, transaction=running, uses=[verified.use])
                if verified.also:
                    verified.also(running)
                return self._confirm(principal, running)

            return transaction(work)

        with self._translated(principal):
            session = until_unchanged(attempt)
        return self._accepted(principal, session)

    def _accepted(self, principal: Principal, session: SessionRecord) -> datetime:
        self._audit.record(EventType.CONFIRMED, user_id=session["userId"], session_id=principal.session_id)
        return self._freshness.until(session)

    def _confirm(self, principal: Principal, running: ClientSession | None = None) -> SessionRecord:
        return self._access.confirm(session_id=principal.session_id, user_id=principal.user_id, transaction=running)

    @contextmanager
    def _translated(self, principal: Principal) -> Iterator[None]:
        """Raise what refuses a factor of a known caller: with a 401 a client would think that it is logged out."""
        try:
            yield
        except (InvalidSecondFactor, PasskeyUnknown, PasskeyRefused, PasskeySuspect) as refusal:
            self._audit.record(EventType.CONFIRMED, user_id=ObjectId(principal.user_id), failure=refusal.code)
            if isinstance(refusal, InvalidSecondFactor):
                raise InvalidCode from None
            raise InvalidRequest(errors=REFUSED) from None


def _occasion(principal: Principal) -> Occasion:
    return Occasion(ChallengePurpose.CONFIRMATION, principal.session_id)
