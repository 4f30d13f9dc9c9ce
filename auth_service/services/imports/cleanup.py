"""Cleans up for an import in place: removes raw tokens, unusable sessions and conflicting indexes."""

from typing import Any

from pymongo.database import Database

from auth_service.database.indexes import DOCUMENTS
from auth_service.documents.session import SESSIONS
from auth_service.documents.user import USERS
from auth_service.services.imports.old_database import OLD_FORM, TOKENS

SHARED = {USERS, SESSIONS}  # the collections that both services use


def drop_leftovers(here: Database[dict[str, Any]]) -> None:
    """Drop the raw tokens, and delete the sessions that were not transferred."""
    here.drop_collection(TOKENS)
    here[SESSIONS].delete_many(OLD_FORM)


def drop_foreign_indexes(here: Database[dict[str, Any]]) -> int:
    """Drop the indexes that would reject or delete documents of this service, or prevent its own; their number.

    These are unique and expiring indexes that it does not declare, and indexes on its own keys with other options.
    Other indexes are harmless and stay.
    """
    dropped = 0
    for document in DOCUMENTS:
        declared = {tuple(spec["fields"]): _options(spec) for spec in document._meta["index_specs"]}
        collection = here[document._get_collection().name]
        if collection.name not in SHARED:
            continue
        for name, index in collection.index_information().items():
            if name != "_id_" and _is_harmful(index, declared):
                collection.drop_index(name)
                dropped += 1
    return dropped


def _is_harmful(index: dict[str, Any], declared: dict[tuple[Any, ...], dict[str, Any]]) -> bool:
    options, keys = _options(index), tuple(tuple(pair) for pair in index["key"])
    if keys in declared:
        return options != declared[keys]
    return "unique" in options or "expireAfterSeconds" in options


def _options(index: dict[str, Any]) -> dict[str, Any]:
    names = ("unique", "expireAfterSeconds", "partialFilterExpression", "sparse", "collation")
    return {name: index[name] for name in names if name in index and index[name] is not False}  # 0 is a time limit
