"""Makes the first admin, as often as it is asked to and only once."""

from dataclasses import dataclass

from auth_service.documents.user import ADMIN, User
from auth_service.errors import EmailTaken, UserNotFound
from auth_service.services.accounts.directory import Directory
from auth_service.services.accounts.registration import Registration


@dataclass(frozen=True, slots=True)
class Seeded:
    """The account of the address, and whether this call made it."""

    user: User
    created: bool

    @property
    def is_admin(self) -> bool:
        """False when a plain user had the address before: nobody is promoted for having registered it first."""
        return bool(self.user.role == ADMIN)


class Seeding:
    """Seeds admins."""

    def __init__(self, *, directory: Directory, registration: Registration) -> None:
        self._directory = directory
        self._registration = registration

    def seed_admin(self, *, email: str, password: str) -> Seeded:
        """Make an admin with this address and password, unless the address has an account; that one is left as it is.

        Raises:
            InvalidRequest: `email` cannot be one; or there is no such account, and `password` cannot be one.
        """
        try:
            return self._existing(email)  # which spares every start a hash, and a password the policy of another day
        except UserNotFound:
            pass
        try:
            return Seeded(user=self._registration.register_admin(email=email, password=password), created=True)
        except EmailTaken:
            return self._existing(email)

    def has_admin(self) -> bool:
        """Whether any account is an admin."""
        return User.objects(role=ADMIN).only("id").first() is not None

    def _existing(self, email: str) -> Seeded:
        return Seeded(user=self._directory.find(email=email), created=False)
