"""Sets up second factors for the user of a session: authenticator apps and passkeys.

With the first factor the user gets recovery codes. All other sessions of the account end: whoever uses one of them has
not shown the new factor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.errors import InvalidCode, InvalidRequest, TooManyFactors
from auth_service.services.accounts.directory import read_caller
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, recovery_codes, totp
from auth_service.services.credentials.factors import MOST_FACTORS
from auth_service.services.credentials.sealing import Seal
from auth_service.services.credentials.webauthn import PasskeyInvalid
from auth_service.services.factors.changes import FactorChanges
from auth_service.services.factors.proofs import METHODS, MULTIPLE
from auth_service.services.factors.verification import FactorVerification, place_of
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.active import Scope
from auth_service.services.tokens.rotation import Grant, Rotation

if TYPE_CHECKING:
    from auth_service.services.credentials.passkeys import Passkeys
    from auth_service.services.credentials.relying_party import RelyingParty

PENDING = timedelta(minutes=10)
REFUSED = {"passkey": ["Was refused."]}


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an app takes over, shown once: the factor's id, the secret in base 32, its URI, a QR code of that."""

    factor_id: ObjectId
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A factor that was set up, the next tokens of the session, and, with the first factor, the recovery codes."""

    factor: FactorRecord
    grant: Grant
    recovery_codes: list[str] = field(repr=False)


class Enrolment:
    """Sets up factors, sealed by `seal`; `party` and `passkeys` are there where passkeys can be."""

    def __init__(
        self,
        *,
        clock: Clock,
        issuer: str,
        seal: Seal | None,
        party: "RelyingParty | None",
        passkeys: "Passkeys | None",
        verification: FactorVerification,
        changes: FactorChanges,
        access: SessionAccess,
        rotation: Rotation,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._issuer = issuer
        self._seal = seal
        self._party = party
        self._passkeys = passkeys
        self._verification = verification
        self._changes = changes
        self._access = access
        self._rotation = rotation
        self._notices = notices
        self._audit = audit

    def begin_app(self, *, principal: Principal, name: str) -> NewApp:
        """Make the secret of another app. It is no factor before its first code is confirmed, within `PENDING`.

        Raises:
            TooManyFactors: the user has `MOST_FACTORS`.
        """
        assert self._seal is not None, "its routes need a key"
        user, secret = read_caller(principal), totp.new_secret()
        _require_room(user["_id"])
        record: Any = self._drafted(user["_id"], FactorKind.TOTP, name)
        record["pendingUntil"] = record["createdAt"] + PENDING
        record |= self._seal.close(secret, place_of(record))
        factors.replace_pending(record)
        uri = totp.uri(secret, account=user["email"], issuer=self._issuer)
        return NewApp(factor_id=record["_id"], secret=totp.written(secret), uri=uri, qr=totp.qr_code(uri))

    def confirm_app(self, *, principal: Principal, factor_id: str, code: str) -> Enrolled:
        """Make an app a factor by its first code, which is used up.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: no app with it waits for its first code.
            InvalidCode: it is not a code of the app.
            TooManyFactors: the user has `MOST_FACTORS`.
        """
        user_id, moment = ObjectId(principal.user_id), self._clock.now()
        app = factors.find(user_id, object_id(factor_id), pending_at=moment)
        step = self._verification.step_of(app, code)
        if step is None:
            self._audit.record(EventType.FACTOR_ADDED, user_id=user_id, failure=InvalidCode.code)
            raise InvalidCode

        def add(running: ClientSession) -> None:
            change = {"$set": {"lastStep": step}, "$unset": {"pendingUntil": 1}}
            if not factors.update({"_id": app["_id"], "pendingUntil": {"$gt": moment}}, change, transaction=running):
                raise InvalidCode  # another request confirmed it by the same code

        return self._enrol(principal, app, add)

    def passkey_options(self, *, principal: Principal) -> dict[str, Any]:
        """What the browser needs to make a passkey.

        Raises:
            TooManyFactors: the user has `MOST_FACTORS`.
        """
        assert self._party is not None, "its routes need passkeys"
        user = read_caller(principal)
        _require_room(user["_id"])
        known = factors.of_user(user["_id"], kind=FactorKind.PASSKEY)
        return self._party.creation_options(user, known, binding=principal.session_id)

    def add_passkey(self, *, principal: Principal, name: str, answer: Mapping[str, Any]) -> Enrolled:
        """Make the passkey that a browser made a factor.

        Raises:
            InvalidRequest: it was refused, or its challenge was used.
            PasskeyKnown: somebody has set it up.
            TooManyFactors: the user has `MOST_FACTORS`.
        """
        assert self._passkeys is not None, "its routes need passkeys"
        use_up = self._passkeys.use_up
        try:
            made = self._passkeys.verify_new(answer, binding=principal.session_id)
        except PasskeyInvalid:
            raise InvalidRequest(errors=REFUSED) from None
        drafted: Any = self._drafted(ObjectId(principal.user_id), FactorKind.PASSKEY, name)
        passkey: FactorRecord = drafted | made.fields

        def add(running: ClientSession) -> None:
            try:
                use_up(made.challenge, transaction=running)
            except PasskeyInvalid:
                raise InvalidRequest(errors=REFUSED) from None
            factors.insert(passkey, transaction=running)

        return self._enrol(principal, passkey, add)

    def _enrol(self, principal: Principal, factor: FactorRecord, add: Any) -> Enrolled:
        """Store a factor by `add`, end the other sessions, and issue new tokens for this one, which has shown it."""
        user_id = factor["userId"]
        _require_room(user_id)

        def change(user: UserRecord, running: ClientSession) -> Enrolled:
            add(running)
            codes = []
            if "secondFactor" not in user:
                codes = recovery_codes.replace(user_id, transaction=running)
            elif len(factors.of_user(user_id, transaction=running)) > MOST_FACTORS:
                raise TooManyFactors
            session = self._access.confirm(
                session_id=principal.session_id,
                user_id=principal.user_id,
                methods=[METHODS[FactorKind(factor["kind"])], MULTIPLE],
                transaction=running,
            )
            self._notices.put(Kind.FACTOR_ADDED, user_id=user_id, transaction=running, name=factor["name"])
            grant = self._rotation.reissue(session=session, repeatable=True, transaction=running)
            return Enrolled(factor=factor, grant=grant, recovery_codes=codes)

        scope = Scope(sparing=principal.session_id, keys=False)
        enrolled = self._changes.run(user_id, change, scope=scope)
        self._audit.record(EventType.FACTOR_ADDED, user_id=user_id, reason=factor["kind"])
        return enrolled

    def _drafted(self, user_id: ObjectId, kind: FactorKind, name: str) -> FactorRecord:
        return FactorRecord(_id=ObjectId(), userId=user_id, kind=kind.value, name=name, createdAt=self._clock.now())


def _require_room(user_id: ObjectId) -> None:
    if len(factors.of_user(user_id)) >= MOST_FACTORS:
        raise TooManyFactors
