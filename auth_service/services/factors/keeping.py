"""What becomes of factors that an account has: they are listed, renamed and removed, recovery codes replaced."""

from dataclasses import dataclass, field

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
from auth_service.services.factors.changes import FactorChanges
from auth_service.services.factors.proofs import MULTIPLE
from auth_service.services.factors.requirement import Requirement
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices
from auth_service.services.protection.factor_tries import FactorTries
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
        tries: FactorTries,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._requirement = requirement
        self._changes = changes
        self._access = access
        self._tries = tries
        self._notices = notices
        self._audit = audit

    def read(self, *, user_id: str) -> Kept:
        """The factors of a user.

        Raises:
            InvalidId: the id is not valid.
            UserNotFound: no user has it.
        """
        user = Directory().read(user_id=user_id)
        return Kept(factors.of_user(user["_id"]), recovery_codes.left(user["_id"]))

    def rename(self, *, principal: Principal, factor_id: str, name: str) -> FactorRecord:
        """Give a factor of the caller another name.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: the caller has no such factor.
        """
        factor = factors.find(ObjectId(principal.user_id), object_id(factor_id))
        if not factors.update({"_id": factor["_id"]}, {"$set": {"name": name}}):
            raise FactorNotFound
        return {**factor, "name": name}

    def remove(self, *, principal: Principal, factor_id: str) -> None:
        """Remove a factor of the caller, with the last one the recovery codes too; all other sessions end.

        Raises:
            InvalidId: the id is not valid.
            FactorNotFound: the caller has no such factor.
            FactorRequired: it is the last one, and the caller must have one.
        """
        factor = factors.find(ObjectId(principal.user_id), object_id(factor_id))
        user_id = factor["userId"]
        self._require_removable(read_caller(principal), factor)

        def change(user: UserRecord, running: ClientSession) -> None:
            factors.remove(user_id, factor["_id"], transaction=running)
            if not factors.of_user(user_id, transaction=running):
                self._require_dispensable(user)
                factors.forget(user_id, transaction=running)
                self._access.forget_method(session_id=principal.session_id, method=MULTIPLE, transaction=running)
            self._notices.put(Kind.FACTOR_REMOVED, user_id=user_id, transaction=running, name=factor["name"])

        self._changes.run(user_id, change, scope=Scope(sparing=principal.session_id, keys=False))
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

        def change(user: UserRecord, running: ClientSession) -> int:
            require_allowed(running)
            removed = factors.of_user(target, transaction=running)
            names = ", ".join(each["name"] for each in removed)
            factors.forget(target, transaction=running)
            if names:
                self._notices.put(Kind.FACTOR_REMOVED, user_id=target, origin=UNTOLD, transaction=running, name=names)
            return len(removed)

        transaction(require_allowed)
        number = self._changes.run(target, change, scope=ALL, actor_id=actor)
        self._tries.forget(target)
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

        def work(running: ClientSession) -> list[str]:
            update_unchanged(user, {"$inc": {"authVersion": 1}}, transaction=running)
            return recovery_codes.replace(user["_id"], transaction=running)

        return transaction(work)

    def _require_removable(self, user: UserRecord, factor: FactorRecord) -> None:
        """Before any session ends: the transaction decides again."""
        if all(each["_id"] == factor["_id"] for each in factors.of_user(user["_id"])):
            self._require_dispensable(user)

    def _require_dispensable(self, user: UserRecord) -> None:
        if self._requirement.applies_to(user["role"]):
            raise FactorRequired
