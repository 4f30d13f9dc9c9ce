"""The accounts themselves: registering, reading, and paging through them."""

from collections.abc import Iterator
from typing import TypeVar

from pymongo.errors import DuplicateKeyError

from auth_service.documents.shown import ShownUser
from auth_service.documents.user import ADMIN, USER, User
from auth_service.errors import EmailTaken, UserNotFound
from auth_service.services import emails, repeatable
from auth_service.services.audit import Audit, EventType
from auth_service.services.clock import Clock
from auth_service.services.ids import object_id
from auth_service.services.paging import Page, Position, newest_first
from auth_service.services.password_policy import PasswordPolicy
from auth_service.services.passwords import Passwords

Found = TypeVar("Found")


class Accounts:
    """Registers and finds users."""

    def __init__(self, *, clock: Clock, policy: PasswordPolicy, passwords: Passwords, audit: Audit) -> None:
        self._clock = clock
        self._policy = policy
        self._passwords = passwords
        self._audit = audit

    def register(self, *, email: str, password: str) -> User:
        """Make an account of the role `user`.

        Raises:
            InvalidRequest: `email` or `password` cannot be one.
            EmailTaken: another account has that address.
        """
        return self._create(email=email, password=password, role=USER)

    def register_admin(self, *, email: str, password: str) -> User:
        """Make an account of the role `admin`; raises as `register`."""
        return self._create(email=email, password=password, role=ADMIN)

    def read(self, *, user_id: str) -> ShownUser:
        """The user with this id, to be shown.

        Raises:
            InvalidId: it is none.
            UserNotFound: nobody has it.
        """
        record = repeatable.one(User._get_collection_name(), {"_id": object_id(user_id)})
        return ShownUser(_found(record))

    def find(self, *, email: str) -> User:
        """The user with this e-mail address.

        Raises:
            InvalidRequest: it is none.
            UserNotFound: nobody has it.
        """
        user: User | None = User.objects(email=emails.canonical(email)).first()
        return _found(user)

    def all(self) -> Iterator[User]:
        """All users, newest first, one at a time."""
        yield from User.objects.order_by("-created_at", "-id")

    def page(self, *, limit: int, after: Position | None = None, email: str | None = None) -> Page[User]:
        """At most `limit` users, newest first, from behind `after`; its cost does not depend on how many there are.

        With `email`, at most the one user who has that address.

        Raises:
            InvalidRequest: `email` is no address.
        """
        if email is not None:
            return Page(items=list(User.objects(email=emails.canonical(email))), next=None)
        return newest_first(User.objects, time_field="created_at", limit=limit, after=after)

    def _create(self, *, email: str, password: str, role: str) -> User:
        address = emails.canonical(email)
        self._policy.check(password, email=address)
        now = self._clock.now()
        user = User(
            email=address,
            password=self._passwords.hash(password),
            role=role,
            created_at=now,
            updated_at=now,
            password_changed_at=now,
        )
        try:
            user.id = User._get_collection().insert_one(user.to_mongo()).inserted_id
        except DuplicateKeyError:
            self._audit.record(EventType.REGISTER, failure=EmailTaken.code)
            raise EmailTaken from None
        self._audit.record(EventType.REGISTER, user_id=user.id, reason=role)
        return user


def _found(user: Found | None) -> Found:
    if user is None:
        raise UserNotFound
    return user
