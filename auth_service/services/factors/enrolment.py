"""Gives the user of a session another factor, whatever its kind.

With the first factor the user gets recovery codes. All other sessions of the account end: whoever uses one of them has
not shown the new factor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.factor import FactorKind
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.errors import TooManyFactors
from auth_service.services.accounts.directory import read_caller
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, recovery_codes
from auth_service.services.credentials.factors import MOST_FACTORS
from auth_service.services.factors.changes import FactorChanges
from auth_service.services.factors.proofs import METHODS, MULTIPLE
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.active import Scope
from auth_service.services.tokens.rotation import Grant, Rotation


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A factor that was set up, the next tokens of the session, and, with the first factor, the recovery codes."""

    factor: FactorRecord
    grant: Grant
    recovery_codes: list[str] = field(repr=False)


class Enrolment:
    """Adds factors to accounts."""

    def __init__(
        self,
        *,
        clock: Clock,
        changes: FactorChanges,
        access: SessionAccess,
        rotation: Rotation,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._changes = changes
        self._access = access
        self._rotation = rotation
        self._notices = notices
        self._audit = audit

    def enrol(
        self, principal: Principal, factor: FactorRecord, require: Callable[[UserRecord, ClientSession], None]
    ) -> Enrolled:
        """Store a factor if `require` returns, end the other sessions, and issue new tokens for this one.

        Raises:
            TooManyFactors: the user has `MOST_FACTORS`.
            pymongo.errors.DuplicateKeyError: somebody has the passkey.
            ServiceError: what `require` raised.
        """
        user_id = ObjectId(principal.user_id)

        def change(user: UserRecord, running: ClientSession) -> tuple[dict[str, Any], Enrolled]:
            require(with_room(user), running)
            session = self._access.confirm(
                session_id=principal.session_id,
                user_id=principal.user_id,
                methods=[METHODS[FactorKind(factor["kind"])], MULTIPLE],
                transaction=running,
            )
            self._notices.put(Kind.FACTOR_ADDED, user_id=user_id, transaction=running, name=factor["name"])
            grant = self._rotation.reissue(session=session, repeatable=True, transaction=running)
            update, codes = self._added(user, factor)
            return update, Enrolled(factor=factor, grant=grant, recovery_codes=codes)

        with_room(read_caller(principal))  # before any session ends
        scope = Scope(sparing=principal.session_id, keys=False)
        enrolled = self._changes.run(user_id, change, scope=scope)
        self._audit.record(EventType.FACTOR_ADDED, user_id=user_id, reason=factor["kind"])
        return enrolled

    def drafted(self, kind: FactorKind, name: str) -> FactorRecord:
        """A factor of this kind and name, without what it proves itself by."""
        return FactorRecord(_id=ObjectId(), kind=kind.value, name=name, createdAt=self._clock.now())

    def _added(self, user: UserRecord, factor: FactorRecord) -> tuple[dict[str, Any], list[str]]:
        """The update of an account that gets a factor, and the recovery codes that come with its first one."""
        if "secondFactor" in user:
            return factors.another(factor), []
        codes, stored = recovery_codes.new()
        return factors.first(factor, stored, since=self._clock.now()), codes


def with_room(user: UserRecord) -> UserRecord:
    """The user, who can have one more factor.

    Raises:
        TooManyFactors: they cannot.
    """
    if len(factors.of(user)) >= MOST_FACTORS:
        raise TooManyFactors
    return user
