"""Creates accounts for whoever is allowed to: the user themselves, an admin, the operator."""

from collections.abc import Callable
from typing import TypeVar

from bson import ObjectId
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.records import UserRecord
from auth_service.documents.user import User
from auth_service.errors import EmailTaken
from auth_service.services.accounts import admin_guard, email_addresses
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy

Result = TypeVar("Result")


class Creation:
    """Creates accounts, and records it in the audit trail."""

    def __init__(self, *, clock: Clock, policy: PasswordPolicy, passwords: Passwords, audit: Audit) -> None:
        self._clock = clock
        self._policy = policy
        self._passwords = passwords
        self._audit = audit

    def create(
        self, *, email: str, password: str, role: str, event: EventType, actor_id: ObjectId | None = None
    ) -> UserRecord:
        """Create an account; `event` is recorded, with the admin `actor_id` if one requests it.

        Raises:
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`.
            EmailTaken: another account has that address.
            Forbidden: the actor is not an admin any more.
        """
        address = email_addresses.canonical(email)
        self._policy.check(password, email=address)
        user = self.draft(address=address, role=role)
        user["password"], user["passwordChangedAt"] = self._passwords.make_hash(password), user["createdAt"]
        self.store(user, event=event, actor_id=actor_id)
        return user

    def draft(self, *, address: str, role: str) -> UserRecord:
        """A new account of a canonical e-mail address, without a password, not yet stored."""
        now = self._clock.now()
        return UserRecord(
            _id=ObjectId(),
            email=address,
            role=role,
            authVersion=0,
            createdAt=now,
            updatedAt=now,
            seenDevices=[],
            seenCountries=[],
        )

    def store(
        self,
        user: UserRecord,
        *,
        event: EventType,
        actor_id: ObjectId | None,
        along: Callable[[ClientSession], Result] | None = None,
    ) -> Result | None:
        """Store a drafted account; the result of `along`, which is called in the same transaction when it is given.

        Raises:
            EmailTaken, Forbidden: as `create`.
        """

        def work(running: ClientSession) -> Result | None:
            admin_guard.enter_as(actor_id, running)
            _insert(user, running)
            return along(running) if along else None

        result = None
        try:
            if actor_id or along:
                result = transaction(work)
            else:
                _insert(user)
        except EmailTaken:
            self._audit.record(event, failure=EmailTaken.code, actor_id=actor_id)
            raise
        self._audit.record(event, user_id=user["_id"], actor_id=actor_id, reason=user["role"])
        return result


def _insert(user: UserRecord, running: ClientSession | None = None) -> None:
    """Store a new account, inside the transaction `running` when one is given.

    Raises:
        EmailTaken: another account has its address.
    """
    try:
        User._get_collection().insert_one(user, session=running)
    except DuplicateKeyError:
        raise EmailTaken from None
