"""Sets up authenticator apps (RFC 6238) for the user of a session."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import UserRecord
from auth_service.errors import FactorNotFound, InvalidCode
from auth_service.services.accounts.directory import read_caller
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, totp
from auth_service.services.credentials.sealing import Seal
from auth_service.services.factors.enrolment import Enrolled, Enrolment, with_room
from auth_service.services.factors.verification import FactorVerification, place_of
from auth_service.services.sessions.access import Principal

PENDING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an app takes over, shown once: the factor's id, the secret in base 32, its URI, a QR code of that."""

    factor_id: ObjectId
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr: str = field(repr=False)


class AppEnrolment:
    """Sets up apps of accounts of the service `issuer`, with secrets sealed by `seal`."""

    def __init__(
        self,
        *,
        clock: Clock,
        issuer: str,
        seal: Seal | None,
        enrolment: Enrolment,
        verification: FactorVerification,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._issuer = issuer
        self._seal = seal
        self._enrolment = enrolment
        self._verification = verification
        self._audit = audit

    def begin(self, *, principal: Principal, name: str) -> NewApp:
        """Make the secret of another app. It is no factor before its first code is confirmed, within `PENDING`.

        Raises:
            TooManyFactors: the user has as many as one may have.
        """
        assert self._seal is not None, "its routes need a key"
        user, secret = with_room(read_caller(principal)), totp.new_secret()
        app: Any = self._enrolment.drafted(FactorKind.TOTP, name)
        app["pendingUntil"] = app["createdAt"] + PENDING
        factors.begin(user["_id"], app | self._seal.close(secret, place_of(user, app)))
        uri = totp.uri(secret, account=user["email"], issuer=self._issuer)
        return NewApp(factor_id=app["_id"], secret=totp.written(secret), uri=uri, qr=totp.qr_code(uri))

    def confirm(self, *, principal: Principal, factor_id: str, code: str) -> Enrolled:
        """Make an app a factor by its first code, which is used up.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: no app with it waits for its first code.
            InvalidCode: it is not a code of the app.
            TooManyFactors: the user has as many as one may have.
        """
        assert self._seal is not None, "its routes need a key"
        wanted, now = object_id(factor_id), self._clock.now()
        user = read_caller(principal)
        app = user.get("pendingApp")
        if app is None or app["_id"] != wanted or app["pendingUntil"] <= now:
            raise FactorNotFound
        step = self._verification.step_of(user, app, code)
        if step is None:
            self._audit.record(EventType.FACTOR_ADDED, user_id=user["_id"], failure=InvalidCode.code)
            raise InvalidCode
        place = place_of(user, app)
        anew = self._seal.close(self._seal.open(app, place), place)  # by the key of now, whichever sealed it
        confirmed: Any = {**app, **anew, "lastStep": step}
        del confirmed["pendingUntil"]

        def require_pending(user: UserRecord, running: ClientSession) -> None:
            if user.get("pendingApp", {}).get("_id") != wanted:
                raise InvalidCode  # another request confirmed it by the same code

        return self._enrolment.enrol(principal, confirmed, require_pending)
