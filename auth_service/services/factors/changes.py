"""The one way in which the factors of an account change, whoever asks for it.

All other sessions of the account end, first in batches and then, with the change, those that were opened since.
`authVersion` rises, so that no login in flight outlives the change: neither one that needed no second factor nor one
that waits for a factor that is gone.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.session import EndReason
from auth_service.services.accounts.directory import by_id
from auth_service.services.accounts.versions import merged, until_unchanged, update_unchanged
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.active import Scope
from auth_service.services.sessions.ending import SessionEnding

Result = TypeVar("Result")
Change = Callable[[UserRecord, ClientSession], tuple[dict[str, Any], Result]]  # the update of the account, and a result


class FactorChanges:
    """Runs changes of factors."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, audit: Audit) -> None:
        self._clock = clock
        self._ending = ending
        self._audit = audit

    def run(
        self,
        user_id: ObjectId,
        change: Change[Result],
        *,
        scope: Scope,
        actor_id: ObjectId | None = None,
    ) -> Result:
        """Apply the update of `change` to a user, and end the user's sessions within `scope`; the result of `change`.

        `change` gets the account as it was read before the transaction, which fails if the account has changed since.
        It may be called several times.

        Raises:
            UserNotFound: no user has the id.
            DatabaseUnavailable: the account kept changing.
            ServiceError: what `change` raised; nothing has changed, but sessions may have ended.
        """
        return until_unchanged(lambda: self._attempt(user_id, change, scope, actor_id))

    def _attempt(
        self,
        user_id: ObjectId,
        change: Change[Result],
        scope: Scope,
        actor_id: ObjectId | None,
    ) -> Result:
        user, reason = by_id(user_id), EndReason.FACTORS_CHANGED

        def work(running: ClientSession) -> tuple[Result, list[str]]:
            rest = self._ending.end_rest(user_id=user_id, reason=reason, transaction=running, scope=scope)
            update, result = change(user, running)
            raised = {"$set": {"updatedAt": self._clock.now()}, "$inc": {"authVersion": 1}}
            update_unchanged(user, merged(update, raised), transaction=running)
            return result, rest

        self._ending.end_all(user_id=user_id, reason=reason, scope=scope, actor_id=actor_id)
        result, rest = transaction(work)
        self._audit.record_ended(rest, user_id=user_id, reason=reason, actor_id=actor_id)
        return result
