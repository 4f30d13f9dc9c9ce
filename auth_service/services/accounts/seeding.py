"""Creates the first admin; running it again changes nothing."""

from dataclasses import dataclass

from auth_service.documents.records import UserRecord
from auth_service.documents.user import ADMIN, User
from auth_service.errors import EmailTaken, UserNotFound
from auth_service.services.accounts.admin_guard import ACTIVE
from auth_service.services.accounts.creation import Creation
from auth_service.services.accounts.directory import Directory
from auth_service.services.audit.events import EventType


@dataclass(frozen=True, slots=True)
class Seeded:
    """The account of the address, and whether this call created it."""

    user: UserRecord
    created: bool

    @property
    def is_admin(self) -> bool:
        """False when a plain user had the address before: registering an address first does not promote anybody."""
        return self.user["role"] == ADMIN


class Seeding:
    """Seeds admins."""

    def __init__(self, *, directory: Directory, creation: Creation) -> None:
        self._directory = directory
        self._creation = creation

    def seed_admin(self, *, email: str, password: str) -> Seeded:
        """Create an admin with this address and password; an account that already has the address stays as it is.

        Raises:
            InvalidRequest: `email` is not a valid address; or it has no account, and the policy rejects `password`.
        """
        try:
            return self._existing(email)  # spares every start a hash, and an old password the policy of today
        except UserNotFound:
            pass
        try:
            user = self._creation.create(email=email, password=password, role=ADMIN, event=EventType.REGISTER)
        except EmailTaken:
            return self._existing(email)
        return Seeded(user=user, created=True)

    def first_admin(self) -> UserRecord | None:
        """The oldest account of an admin who is not suspended; `None` when there is none."""
        admin: UserRecord | None = User._get_collection().find_one(ACTIVE, sort=[("_id", 1)])
        return admin

    def _existing(self, email: str) -> Seeded:
        return Seeded(user=self._directory.find(email=email), created=False)
