"""Decisions that took a while are void when the account has changed meanwhile; then they are taken again."""

from collections.abc import Callable
from typing import Any, TypeVar

from pymongo.client_session import ClientSession

from auth_service.documents.user import User
from auth_service.errors import DatabaseUnavailable

Result = TypeVar("Result")

ATTEMPTS = 3


class AccountChanged(Exception):
    """The account is not what it was when the decision was taken."""


def update_unchanged(user: User, update: dict[str, Any], *, transaction: ClientSession) -> None:
    """Write `update` to `user`, if the account is still the version that `user` was read as.

    Raises:
        AccountChanged: it is another, or gone.
    """
    outcome = User._get_collection().update_one(
        {"_id": user.id, "authVersion": user.auth_version}, update, session=transaction
    )
    if not outcome.matched_count:
        raise AccountChanged


def until_unchanged(decide: Callable[[], Result]) -> Result:
    """What `decide` returns, called again when the account changed under it.

    Raises:
        DatabaseUnavailable: the account kept changing.
    """
    for _ in range(ATTEMPTS):
        try:
            return decide()
        except AccountChanged:
            continue
    raise DatabaseUnavailable
