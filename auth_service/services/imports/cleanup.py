"""What an import in place clears away: raw tokens, sessions nobody can use, and indexes that would do harm here."""

from typing import Any

from pymongo.database import Database

from auth_service.database.indexes import DOCUMENTS
from auth_service.services.imports.old_database import OLD_FORM, TOKENS

OURS = {"users", "sessions"}


def drop_leftovers(here: Database[dict[str, Any]]) -> None:
    """Drop the raw tokens, and delete the sessions that were not taken over."""
    here.drop_collection(TOKENS)
    here.sessions.delete_many(OLD_FORM)


def drop_foreign_indexes(here: Database[dict[str, Any]]) -> int:
    """Drop what would refuse or delete documents of this service, or keeps its own indexes from being made.

    Unique ones on fields it does not have, time limits on fields it uses otherwise, its own fields with other options.
    The others only cost, and stay. Returns how many there were.
    """
    dropped = 0
    for document in DOCUMENTS:
        declared = {tuple(spec["fields"]): _options(spec) for spec in document._meta["index_specs"]}
        collection = here[document._get_collection().name]
        if collection.name not in OURS:
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
