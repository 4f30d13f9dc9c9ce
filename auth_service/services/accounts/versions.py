"""Optimistic locking of accounts: a decision is void when the account changed meanwhile, and is taken again."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pymongo.client_session import ClientSession

from auth_service.documents.records import UserRecord
from auth_service.documents.user import User
from auth_service.errors import DatabaseUnavailable
from auth_service.services.credentials.factors import Use

Result = TypeVar("Result")

ATTEMPTS = 3


class AccountChanged(Exception):
    """The account has another version than the one the decision was based on, or is gone."""


def update_unchanged(
    user: UserRecord, update: dict[str, Any], *, transaction: ClientSession, uses: Sequence[Use] = ()
) -> None:
    """Write `update`, and what `uses` something up, to `user`, if the account still has the version it was read in.

    It always conflicts with other transactions that write the account. MongoDB sees no conflict in an update that
    changes nothing, so this one counts itself, in `writes`.

    Raises:
        AccountChanged: it has another version, or is gone.
        ServiceError: it has not changed, and a use came too late: the refusal of the first one.
    """
    users, unchanged = User._get_collection(), {"_id": user["_id"], "authVersion": user["authVersion"]}
    numbered = [(f"use{number}", use) for number, use in enumerate(uses)]
    changes = merged(update, {"$inc": {"writes": 1}}, *(use.changes(name) for name, use in numbered))
    possible = {field: condition for use in uses for field, condition in use.possible.items()}
    filters = [use.filter(name) for name, use in numbered] or None
    outcome = users.update_one({**unchanged, **possible}, changes, array_filters=filters, session=transaction)
    if outcome.matched_count:
        return
    if uses and users.count_documents(unchanged, session=transaction):
        raise uses[0].refusal
    raise AccountChanged


def merged(*updates: dict[str, Any]) -> dict[str, Any]:
    """One update that does what all do; MongoDB takes no operator without fields."""
    operators = dict.fromkeys(operator for update in updates for operator in update)
    merged = {
        each: {key: update[each][key] for update in updates for key in update.get(each, {})} for each in operators
    }
    return {operator: fields for operator, fields in merged.items() if fields}


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
