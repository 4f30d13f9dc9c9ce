"""Verifies second factors. A verified one is used up in the transaction of what it opens, so it opens nothing twice."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.errors import InvalidSecondFactor, PasskeyRefused, PasskeySuspect, PasskeyUnknown
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, recovery_codes, totp
from auth_service.services.credentials.factors import RECOVERY_CODE
from auth_service.services.credentials.sealing import Place, Seal, Unsealable
from auth_service.services.credentials.webauthn import Assertion, PasskeyInvalid, credential_id_of
from auth_service.services.factors.proofs import METHODS, Occasion, Proof, Verified
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices

if TYPE_CHECKING:
    from auth_service.services.credentials.passkeys import Passkeys

log = logging.getLogger(__name__)

RESTING = "Too many codes of the app were wrong: use a passkey or a recovery code"
UNSEALABLE = "the secret of the factor %s does not open: is DATA_KEY, or DATA_KEY_PREVIOUS, the key that sealed it?"


class FactorVerification:
    """Verifies factors of accounts; without `seal` or `passkeys` none of that kind."""

    def __init__(
        self, *, clock: Clock, seal: Seal | None, passkeys: "Passkeys | None", notices: Notices, audit: Audit
    ) -> None:
        self._clock = clock
        self._seal = seal
        self._passkeys = passkeys
        self._notices = notices
        self._audit = audit

    def verify(self, user: UserRecord, proof: Proof, occasion: Occasion, *, rests: bool) -> Verified:
        """Verify that `proof` is of a factor of `user`; codes of apps are not compared while they rest.

        Raises:
            InvalidSecondFactor: the code is wrong, or used, or codes of apps rest.
            PasskeyUnknown: the account has no such passkey.
            PasskeyRefused: what it signed does not hold.
            PasskeySuspect: there is a copy of it.
        """
        if proof.passkey is not None:
            return self.verify_passkey(user["_id"], proof.passkey, occasion)
        if proof.recovery_code is not None:
            return self._recovery_code(user["_id"], proof.recovery_code)
        if rests:
            raise InvalidSecondFactor(RESTING)
        return self._code(user["_id"], proof.code or "")

    def verify_passkey(self, user_id: ObjectId | None, answer: Mapping[str, Any], occasion: Occasion) -> Verified:
        """Verify the passkey that answered, of `user_id` or of whoever has it; raises as `verify`."""
        passkey = self.passkey_of(answer)
        if self._passkeys is None or user_id not in (None, passkey["userId"]):
            raise PasskeyUnknown
        try:
            assertion = self._passkeys.verify(
                answer, passkey, occasion.purpose, binding=occasion.binding, verification=occasion.verification
            )
        except PasskeyInvalid:
            raise PasskeyRefused from None
        if "suspectAt" in passkey:
            raise PasskeySuspect
        if assertion.shows_a_copy(passkey):
            self._suspect(passkey)
            raise PasskeySuspect
        return Verified(METHODS[FactorKind.PASSKEY], lambda running: self._use_passkey(passkey, assertion, running))

    def passkey_of(self, answer: Mapping[str, Any]) -> FactorRecord:
        """The passkey that an answer claims to be of; nothing is verified.

        Raises:
            PasskeyRefused: the answer has another form.
            PasskeyUnknown: nobody has the passkey.
        """
        try:
            credential_id = credential_id_of(answer)
        except PasskeyInvalid:
            raise PasskeyRefused from None
        passkey = factors.by_credential(credential_id)
        if passkey is None:
            raise PasskeyUnknown
        return passkey

    def step_of(self, factor: FactorRecord, code: str) -> int | None:
        """The step of an app's code that was not used yet; `None` when it is none of this app."""
        secret = self._secret(factor)
        step = totp.matching_step(secret, code, now=self._clock.now()) if secret else None
        return step if step is not None and step > factor.get("lastStep", -1) else None

    def _code(self, user_id: ObjectId, code: str) -> Verified:
        for app in factors.of_user(user_id, kind=FactorKind.TOTP):
            step = self.step_of(app, code)
            if step is not None:
                return Verified(METHODS[FactorKind.TOTP], self._using(app, step))
        raise InvalidSecondFactor

    def _using(self, app: FactorRecord, step: int) -> Callable[[ClientSession], None]:
        def use(running: ClientSession) -> None:
            condition = {"_id": app["_id"], "lastStep": {"$lt": step}}
            change = {"$set": {"lastStep": step, "lastUsedAt": self._clock.now()}}
            if not factors.update(condition, change, transaction=running):
                raise InvalidSecondFactor

        return use

    def _recovery_code(self, user_id: ObjectId, code: str) -> Verified:
        def use(running: ClientSession) -> None:
            left = recovery_codes.use(user_id, code, now=self._clock.now(), transaction=running)
            if left is None:
                raise InvalidSecondFactor
            self._notices.put(Kind.RECOVERY_CODE_USED, user_id=user_id, transaction=running, left=str(left))

        return Verified(METHODS[RECOVERY_CODE], use)

    def _use_passkey(self, passkey: FactorRecord, assertion: Assertion, running: ClientSession) -> None:
        """Record the use; an answer that was overtaken by a later one of the same passkey is refused."""
        assert self._passkeys is not None, "it has verified the passkey"
        count = assertion.sign_count
        change = {"signCount": count, "backedUp": assertion.backed_up, "lastUsedAt": self._clock.now()}
        condition = {"_id": passkey["_id"], "suspectAt": None, "signCount": {"$lt": count} if count else 0}
        try:
            self._passkeys.use_up(assertion.challenge, transaction=running)
        except PasskeyInvalid:
            raise PasskeyRefused from None
        if not factors.update(condition, {"$set": change}, transaction=running):
            raise PasskeyRefused

    def _suspect(self, passkey: FactorRecord) -> None:
        """Refuse the passkey from now on, and tell its user, once."""

        def work(running: ClientSession) -> None:
            change = {"$set": {"suspectAt": self._clock.now()}}
            if factors.update({"_id": passkey["_id"], "suspectAt": None}, change, transaction=running):
                user_id, name = passkey["userId"], passkey["name"]
                self._notices.put(Kind.PASSKEY_SUSPECT, user_id=user_id, transaction=running, name=name)

        transaction(work)
        event, failure = EventType.PASSKEY_SUSPECT, PasskeySuspect.code
        self._audit.record(event, user_id=passkey["userId"], failure=failure)

    def _secret(self, factor: FactorRecord) -> bytes | None:
        if self._seal is None:
            return None
        try:
            return self._seal.open(factor, place_of(factor))
        except Unsealable:
            log.error(UNSEALABLE, factor["_id"])
            return None


def place_of(factor: FactorRecord) -> Place:
    """Where the secret of an app is sealed to."""
    return Place(purpose=FactorKind.TOTP, user_id=str(factor["userId"]), record_id=str(factor["_id"]))
