"""Verifies second factors. A verified one is used up in the transaction of what it opens, so it opens nothing twice."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.errors import InvalidSecondFactor, PasskeyRefused, PasskeySuspect, PasskeyUnknown, ServiceError
from auth_service.services.accounts.versions import update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, recovery_codes, totp
from auth_service.services.credentials.factors import RECOVERY_CODE, Use
from auth_service.services.credentials.sealing import Place, Seal, Unsealable
from auth_service.services.credentials.webauthn import Assertion, PasskeyInvalid, credential_id_of
from auth_service.services.factors.proofs import METHODS, Occasion, Proof, Verified
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices

if TYPE_CHECKING:
    from auth_service.services.credentials.passkeys import Passkeys

log = logging.getLogger(__name__)

RESTING = "Too many codes of the app were wrong: use a passkey or a recovery code"
TRUSTED = {"suspectAt": None}  # the condition of a passkey that no copy is known of
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
            return self.verify_passkey(user, proof.passkey, occasion)
        if proof.recovery_code is not None:
            return self._recovery_code(user, proof.recovery_code)
        if rests:
            raise InvalidSecondFactor(RESTING)
        return self._code(user, proof.code or "")

    def verify_passkey(self, user: UserRecord, answer: Mapping[str, Any], occasion: Occasion) -> Verified:
        """Verify that a passkey of `user` answered; raises as `verify`."""
        passkey = factors.by_credential(user, _credential_id(answer))
        if self._passkeys is None or passkey is None:
            raise PasskeyUnknown
        try:
            assertion = self._passkeys.verify(
                answer,
                passkey,
                occasion.purpose,
                user_id=user["_id"],
                binding=occasion.binding,
                verification=occasion.verification,
            )
        except PasskeyInvalid:
            raise PasskeyRefused from None
        challenge = assertion.challenge
        if challenge in (occasion.answered or ()):
            raise PasskeyRefused
        use_up = partial(self._use_up, challenge) if occasion.answered is None else None
        if "suspectAt" in passkey:
            raise PasskeySuspect
        if assertion.shows_a_copy(passkey):
            self._suspect(user, passkey, use_up)
            raise PasskeySuspect
        return Verified(METHODS[FactorKind.PASSKEY], self._use_of_passkey(passkey, assertion), use_up, challenge)

    def holder_of(self, answer: Mapping[str, Any]) -> UserRecord:
        """Who has the passkey that an answer claims to be of; nothing is verified.

        Raises:
            PasskeyRefused: the answer has another form.
            PasskeyUnknown: nobody has the passkey.
        """
        user = factors.holder_of(_credential_id(answer))
        if user is None:
            raise PasskeyUnknown
        return user

    def step_of(self, user: UserRecord, app: FactorRecord, code: str) -> int | None:
        """The step of a code of a user's app that was not used yet; `None` when it is none of this app."""
        secret = self._secret(user, app)
        step = totp.matching_step(secret, code, now=self._clock.now()) if secret else None
        return step if step is not None and step > app.get("lastStep", -1) else None

    def _code(self, user: UserRecord, code: str) -> Verified:
        for app in factors.of(user, kind=FactorKind.TOTP):
            step = self.step_of(user, app, code)
            if step is not None:
                changes = {"lastStep": step, "lastUsedAt": self._clock.now()}
                use = _use_of(app, {"lastStep": {"$lt": step}}, changes, InvalidSecondFactor)
                return Verified(METHODS[FactorKind.TOTP], use)
        raise InvalidSecondFactor

    def _recovery_code(self, user: UserRecord, code: str) -> Verified:
        use = recovery_codes.use_of(user, code, now=self._clock.now())
        user_id, left = user["_id"], str(recovery_codes.left(user) - 1)

        def tell(running: ClientSession) -> None:
            self._notices.put(Kind.RECOVERY_CODE_USED, user_id=user_id, transaction=running, left=left)

        return Verified(METHODS[RECOVERY_CODE], use, tell)

    def _use_of_passkey(self, passkey: FactorRecord, assertion: Assertion) -> Use:
        """An answer that was overtaken by a later one of the same passkey is refused."""
        count = assertion.sign_count
        changes = {"signCount": count, "backedUp": assertion.backed_up, "lastUsedAt": self._clock.now()}
        return _use_of(passkey, {**TRUSTED, "signCount": {"$lt": count} if count else 0}, changes, PasskeyRefused)

    def _use_up(self, challenge: bytes, running: ClientSession) -> None:
        assert self._passkeys is not None, "it has verified the passkey"
        try:
            self._passkeys.use_up(challenge, transaction=running)
        except PasskeyInvalid:
            raise PasskeyRefused from None

    def _suspect(self, user: UserRecord, passkey: FactorRecord, use_up: Callable[[ClientSession], None] | None) -> None:
        """Refuse the passkey from now on, and tell its user, once.

        Raises:
            PasskeyRefused: the answer was used, and is sent again, which shows no copy.
            AccountChanged: the account changed meanwhile.
        """
        marked = _use_of(passkey, TRUSTED, {"suspectAt": self._clock.now()}, PasskeySuspect)

        def work(running: ClientSession) -> None:
            if use_up:
                use_up(running)
            update_unchanged(user, {}, transaction=running, uses=[marked])
            self._notices.put(Kind.PASSKEY_SUSPECT, user_id=user["_id"], transaction=running, name=passkey["name"])

        transaction(work)
        self._audit.record(EventType.PASSKEY_SUSPECT, user_id=user["_id"], failure=PasskeySuspect.code)

    def _secret(self, user: UserRecord, app: FactorRecord) -> bytes | None:
        if self._seal is None:
            return None
        try:
            return self._seal.open(app, place_of(user, app))
        except Unsealable:
            log.error(UNSEALABLE, app["_id"])
            return None


def place_of(user: UserRecord, app: FactorRecord) -> Place:
    """Where the secret of a user's app is sealed to."""
    return Place(purpose=FactorKind.TOTP, user_id=str(user["_id"]), record_id=str(app["_id"]))


def _use_of(
    factor: FactorRecord, condition: dict[str, Any], fields: dict[str, Any], refusal: type[ServiceError]
) -> Use:
    return Use(factors.path_of(factor["kind"]), {"_id": factor["_id"]}, condition, fields, refusal)


def _credential_id(answer: Mapping[str, Any]) -> bytes:
    try:
        return credential_id_of(answer)
    except PasskeyInvalid:
        raise PasskeyRefused from None
