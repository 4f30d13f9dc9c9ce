"""Finds accounts: one by its id or e-mail address, and all of them in pages."""

from collections.abc import Iterator
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.database import plain_commands
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first
from auth_service.documents.records import ShownUser
from auth_service.documents.user import User
from auth_service.errors import UserNotFound
from auth_service.services.accounts import email_addresses

Found = TypeVar("Found")


class Directory:
    """Finds users."""

    def read(self, *, user_id: str) -> ShownUser:
        """The user with this id, to be shown.

        Raises:
            InvalidId: it is none.
            UserNotFound: nobody has it.
        """
        record = plain_commands.find_one(User._get_collection_name(), {"_id": object_id(user_id)})
        return ShownUser(_found(record))

    def find(self, *, email: str) -> User:
        """The user with this e-mail address.

        Raises:
            InvalidRequest: it is none.
            UserNotFound: nobody has it.
        """
        user: User | None = User.objects(email=email_addresses.canonical(email)).first()
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
            return Page(items=list(User.objects(email=email_addresses.canonical(email))), end=None)
        return newest_first(User.objects, time_field="created_at", limit=limit, after=after)


def _found(user: Found | None) -> Found:
    if user is None:
        raise UserNotFound
    return user


def read_in(transaction: ClientSession, user_id: ObjectId) -> User:
    """The user with this id, as `transaction` sees them.

    Raises:
        UserNotFound: nobody has it.
    """
    return document(User._get_collection().find_one({"_id": user_id}, session=transaction))


def document(record: dict[str, Any] | None) -> User:
    """The user of a record that was found.

    Raises:
        UserNotFound: it was not.
    """
    user: User = User._from_son(_found(record))
    return user
