"""Creates accounts from an e-mail address and a password."""

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.documents.records import UserRecord
from auth_service.documents.user import ADMIN, USER, User
from auth_service.errors import EmailTaken
from auth_service.services.accounts import email_addresses
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy


class Registration:
    """Creates accounts."""

    def __init__(self, *, clock: Clock, policy: PasswordPolicy, passwords: Passwords, audit: Audit) -> None:
        self._clock = clock
        self._policy = policy
        self._passwords = passwords
        self._audit = audit

    def register(self, *, email: str, password: str) -> UserRecord:
        """Create an account with the role `user`.

        Raises:
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`.
            EmailTaken: another account has that address.
        """
        return self._create(email=email, password=password, role=USER)

    def register_admin(self, *, email: str, password: str) -> UserRecord:
        """Create an account with the role `admin`; raises as `register`."""
        return self._create(email=email, password=password, role=ADMIN)

    def _create(self, *, email: str, password: str, role: str) -> UserRecord:
        address = email_addresses.canonical(email)
        self._policy.check(password, email=address)
        now = self._clock.now()
        user = UserRecord(
            _id=ObjectId(),
            email=address,
            password=self._passwords.make_hash(password),
            role=role,
            authVersion=0,
            createdAt=now,
            updatedAt=now,
            passwordChangedAt=now,
            seenDevices=[],
            seenCountries=[],
        )
        try:
            User._get_collection().insert_one(user)
        except DuplicateKeyError:
            self._audit.record(EventType.REGISTER, failure=EmailTaken.code)
            raise EmailTaken from None
        self._audit.record(EventType.REGISTER, user_id=user["_id"], reason=role)
        return user
