"""Finds accounts: one by its id or e-mail address, and all of them in pages."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, cast

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.database import plain_commands
from auth_service.database.ids import object_id
from auth_service.database.paging import Page, Position, newest_first, with_prefix
from auth_service.documents.records import UserRecord
from auth_service.documents.user import USERS, User
from auth_service.errors import InvalidCursor, InvalidRequest, InvalidToken, UserNotFound
from auth_service.services.accounts import email_addresses
from auth_service.services.sessions.access import Principal

PAGE = 100  # users that one command reads


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users: all, or those with one of these: an address, a prefix of it, a role, a suspended account."""

    email: str | None = None
    prefix: str | None = None
    role: str | None = None
    suspended: bool | None = None

    def require_one(self) -> None:
        """Return when at most one thing is wanted, for which there is an index.

        Raises:
            InvalidRequest: there are several.
        """
        given = [name for name, value in asdict(self).items() if value is not None]
        if len(given) > 1:
            raise InvalidRequest(errors={name: ["Cannot be combined with another filter."] for name in given})

    def condition(self) -> dict[str, Any]:
        """The query for those with a role, or a suspended account, or without one."""
        if self.role is not None:
            return {"role": self.role}
        if self.suspended is None:
            return {}
        return {"suspended.at": {"$exists": True}} if self.suspended else {"suspended": None}


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

    def every(self, wanted: Wanted) -> Iterator[UserRecord]:
        """All users who are `wanted`, in the order of `page`, one at a time."""
        after = None
        while True:
            page = self.page(wanted, limit=PAGE, after=after)
            yield from page.items
            if page.end is None:
                return
            after = page.end

    def page(self, wanted: Wanted, *, limit: int, after: Position | str | None = None) -> Page[UserRecord]:
        """At most `limit` users who are `wanted`, that follow `after`: newest first, or by address with a prefix.

        The cost does not grow with the number of users.

        Raises:
            InvalidRequest: an address is not valid, or several things are wanted.
            InvalidCursor: `after` is the end of another kind of page.
        """
        users = User._get_collection()
        wanted.require_one()
        if isinstance(after, str) != (wanted.prefix is not None) and after is not None:
            raise InvalidCursor
        if wanted.email is not None:
            user = by_address(email_addresses.canonical(wanted.email))
            return Page(items=[user] if user else [], end=None)
        if wanted.prefix is not None:
            prefix = email_addresses.canonical_part(wanted.prefix)
            return with_prefix(users, prefix, key="email", limit=limit, after=cast(str | None, after))
        position = cast(Position | None, after)
        return newest_first(users, wanted.condition(), time_key="createdAt", limit=limit, after=position)


def by_address(address: str) -> UserRecord | None:
    """The user with this canonical e-mail address, or `None`."""
    user: UserRecord | None = User._get_collection().find_one({"email": address})
    return user


def read_caller(principal: Principal) -> UserRecord:
    """The user of a session.

    Raises:
        InvalidToken: the account is gone.
    """
    try:
        return by_id(ObjectId(principal.user_id))
    except UserNotFound:
        raise InvalidToken from None


def by_id(user_id: ObjectId) -> UserRecord:
    """The user with this id.

    Raises:
        UserNotFound: no user has it.
    """
    return found(User._get_collection().find_one({"_id": user_id}))


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
