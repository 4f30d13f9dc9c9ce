"""What becomes of factors that an account has: they are listed, renamed and removed, recovery codes replaced."""

from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import FactorRecord, UserRecord
from auth_service.errors import FactorNotFound, FactorRequired
from auth_service.services.accounts import admin_guard
from auth_service.services.accounts.directory import Directory, read_caller
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors, recovery_codes
from auth_service.services.credentials.factors import NO_FACTORS
from auth_service.services.factors.changes import FactorChanges
from auth_service.services.factors.proofs import MULTIPLE
from auth_service.services.factors.requirement import Requirement
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.active import ALL, Scope


@dataclass(frozen=True, slots=True)
class Kept:
    """The factors of an account, and how many recovery codes it has left."""

    factors: list[FactorRecord]
    recovery_codes_left: int = field(default=0)


class FactorKeeping:
    """Lists and changes the factors of accounts."""

    def __init__(
        self,
        *,
        requirement: Requirement,
        changes: FactorChanges,
        access: SessionAccess,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._requirement = requirement
        self._changes = changes
        self._access = access
        self._notices = notices
        self._audit = audit

    def read(self, *, user_id: str) -> Kept:
        """The factors of a user.

        Raises:
            InvalidId: the id is not valid.
            UserNotFound: no user has it.
        """
        user = Directory().read(user_id=user_id)
        return Kept(factors.of(user), recovery_codes.left(user))

    def rename(self, *, principal: Principal, factor_id: str, name: str) -> FactorRecord:
        """Give a factor of the caller another name.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: the caller has no such factor.
        """
        wanted = object_id(factor_id)
        user = read_caller(principal)
        factor = factors.find(user, wanted)
        if not factors.rename(user["_id"], factor, name):
            raise FactorNotFound
        return {**factor, "name": name}

    def remove(self, *, principal: Principal, factor_id: str) -> None:
        """Remove a factor of the caller, with the last one the recovery codes too; all other sessions end.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: the caller has no such factor.
            FactorRequired: it is the last one, and the caller must have one.
        """
        wanted = object_id(factor_id)
        user_id = ObjectId(principal.user_id)

        def change(user: UserRecord, running: ClientSession) -> tuple[dict[str, Any], FactorRecord]:
            factor = self._removable(user, wanted)
            if len(factors.of(user)) == 1:
                self._access.forget_method(session_id=principal.session_id, method=MULTIPLE, transaction=running)
            self._notices.put(Kind.FACTOR_REMOVED, user_id=user_id, transaction=running, name=factor["name"])
            return factors.without(user, factor), factor

        self._removable(read_caller(principal), wanted)  # before any session ends
        factor = self._changes.run(user_id, change, scope=Scope(sparing=principal.session_id, keys=False))
        self._audit.record(EventType.FACTOR_REMOVED, user_id=user_id, reason=factor["kind"])

    def remove_all(self, *, user_id: str, actor_id: str | None = None) -> int:
        """Remove all factors and recovery codes of a user, and end all sessions and API keys; how many factors.

        `actor_id` is the admin who requests it, `None` the operator.

        Raises:
            InvalidId: the id is not valid.
            UserNotFound: no user has it.
            Forbidden: the actor is not an admin any more.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def require_allowed(running: ClientSession) -> None:
            if actor:
                admin_guard.require_admin(actor, running)

        def change(user: UserRecord, running: ClientSession) -> tuple[dict[str, Any], int]:
            require_allowed(running)
            removed = factors.of(user)
            names = ", ".join(each["name"] for each in removed)
            if names:
                self._notices.put(Kind.FACTOR_REMOVED, user_id=target, origin=UNTOLD, transaction=running, name=names)
            return NO_FACTORS, len(removed)

        transaction(require_allowed)
        number = self._changes.run(target, change, scope=ALL, actor_id=actor)
        self._audit.record(EventType.FACTOR_REMOVED, user_id=target, actor_id=actor)
        return number

    def replace_recovery_codes(self, *, principal: Principal) -> list[str]:
        """Give the caller new recovery codes; the old ones are void.

        Raises:
            FactorNotFound: the caller has no factor that a code could replace.
        """
        codes = until_unchanged(lambda: self._replace_codes(principal))
        self._audit.record(EventType.RECOVERY_CODES_REPLACED, user_id=ObjectId(principal.user_id))
        return codes

    def _replace_codes(self, principal: Principal) -> list[str]:
        user = read_caller(principal)
        if "secondFactor" not in user:
            raise FactorNotFound

        codes, stored = recovery_codes.new()
        update = {"$set": {recovery_codes.PATH: stored}, "$inc": {"authVersion": 1}}
        transaction(lambda running: update_unchanged(user, update, transaction=running))
        return codes

    def _removable(self, user: UserRecord, factor_id: ObjectId) -> FactorRecord:
        """The factor of a user who need not keep it.

        Raises:
            FactorNotFound: the user has no such factor.
            FactorRequired: it is the last one, and the user must have one.
        """
        factor = factors.find(user, factor_id)
        if len(factors.of(user)) == 1 and self._requirement.applies_to(user["role"]):
            raise FactorRequired
        return factor
