"""Optimistic locking of accounts: a decision is void when the account changed meanwhile, and is taken again."""

from collections.abc import Callable
from typing import Any, TypeVar

from pymongo.client_session import ClientSession

from auth_service.documents.records import UserRecord
from auth_service.documents.user import User
from auth_service.errors import DatabaseUnavailable

Result = TypeVar("Result")

ATTEMPTS = 3


class AccountChanged(Exception):
    """The account has another version than the one the decision was based on, or is gone."""


def update_unchanged(user: UserRecord, update: dict[str, Any], *, transaction: ClientSession) -> None:
    """Write `update` to `user`, if the account still has the version that `user` was read in.

    It always conflicts with other transactions that write the account. MongoDB sees no conflict in an update that
    changes nothing, so this one counts itself, in `writes`.

    Raises:
        AccountChanged: it has another version, or is gone.
    """
    increments = {**update.get("$inc", {}), "writes": 1}
    outcome = User._get_collection().update_one(
        {"_id": user["_id"], "authVersion": user["authVersion"]}, {**update, "$inc": increments}, session=transaction
    )
    if not outcome.matched_count:
        raise AccountChanged


def until_unchanged(decide: Callable[[], Result]) -> Result:
    """The result of `decide`, which is called again when it raises `AccountChanged`.

    Raises:
        DatabaseUnavailable: the account changed during every attempt.
    """
    for _ in range(ATTEMPTS):
        try:
            return decide()
        except AccountChanged:
            continue
    raise DatabaseUnavailable
