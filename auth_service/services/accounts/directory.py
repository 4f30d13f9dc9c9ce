"""Finds accounts: one by its id or e-mail address, and all of them in pages."""

from collections.abc import Iterator
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from auth_service.database import plain_commands
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first
from auth_service.documents.records import UserRecord
from auth_service.documents.user import USERS, User
from auth_service.errors import UserNotFound
from auth_service.services.accounts import email_addresses


class Directory:
    """Finds users."""

    def read(self, *, user_id: str) -> UserRecord:
        """The user with this id.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
        """
        return found(plain_commands.find_one(USERS, {"_id": object_id(user_id)}))

    def find(self, *, email: str) -> UserRecord:
        """The user with this e-mail address.

        Raises:
            InvalidRequest: the address is not valid.
            UserNotFound: no user has it.
        """
        return found(by_address(email_addresses.canonical(email)))

    def list_all(self) -> Iterator[UserRecord]:
        """All users, newest first, one at a time."""
        yield from User._get_collection().find().sort([("createdAt", DESCENDING), ("_id", DESCENDING)])

    def page(self, *, limit: int, after: Position | None = None, email: str | None = None) -> Page[UserRecord]:
        """At most `limit` users, newest first, that follow `after`; the cost does not grow with the number of users.

        With `email`, at most the one user who has that address.

        Raises:
            InvalidRequest: `email` is not a valid address.
        """
        if email is not None:
            user = by_address(email_addresses.canonical(email))
            return Page(items=[user] if user else [], end=None)
        return newest_first(User._get_collection(), {}, time_key="createdAt", limit=limit, after=after)


def by_address(address: str) -> UserRecord | None:
    """The user with this canonical e-mail address, or `None`."""
    user: UserRecord | None = User._get_collection().find_one({"email": address})
    return user


def read_in(transaction: ClientSession, user_id: ObjectId) -> UserRecord:
    """The user with this id, as `transaction` sees them.

    Raises:
        UserNotFound: no user has it.
    """
    return found(User._get_collection().find_one({"_id": user_id}, session=transaction))


def found(user: Any) -> UserRecord:
    """The result of a query for one user.

    Raises:
        UserNotFound: it is `None`.
    """
    if user is None:
        raise UserNotFound
    record: UserRecord = user
    return record
