"""Checks that the database has the indexes the documents declare, with the same keys and options."""

from collections.abc import Mapping
from typing import Any

from auth_service.database.indexes import DOCUMENTS
from auth_service.doctor.findings import Finding, ok, problem

Index = Mapping[str, Any]

OPTIONS = ("unique", "expireAfterSeconds", "partialFilterExpression", "sparse", "hidden", "collation")
CHECK = "indexes"
MAKE = "run `.venv/bin/python -m auth_service ensure-indexes`"


def examine() -> list[Finding]:
    """A problem for each index that is missing, or that differs from its declaration."""
    found, right = [], 0
    for document in DOCUMENTS:
        collection, declared = document._get_collection(), document._meta["index_specs"]
        wrong = compare(collection.name, declared, collection.index_information())
        right += len(declared) - len(wrong)
        found += wrong
    return found or [ok(CHECK, f"all {right} are there and as declared")]


def compare(collection: str, declared: list[dict[str, Any]], present: Mapping[str, Index]) -> list[Finding]:
    """A problem for each index in `declared`, in MongoEngine's form, that `present` lacks or has with other options.

    `present` are the indexes of `collection` by name, as `index_information` returns them.
    """
    sentences = [_complaint(collection, spec, present) for spec in declared]
    return [problem(CHECK, sentence) for sentence in sentences if sentence]


def _complaint(collection: str, spec: dict[str, Any], present: Mapping[str, Index]) -> str | None:
    keys, wanted = spec["fields"], _options(spec)
    name = "_".join(f"{field}_{direction}" for field, direction in keys)
    alike = {other: _options(index) for other, index in present.items() if list(index["key"]) == keys}
    if wanted in alike.values():
        return None
    if alike:
        other, options = next(iter(alike.items()))
        return (
            f"{collection} has {other} with {_options_text(options)}, declared is {_options_text(wanted)}: "
            f"drop it in mongosh (`db.{collection}.dropIndex('{other}')`) and {MAKE}"
        )
    if name in present:
        return f"{collection} has {name} on other fields: drop it in mongosh and {MAKE}"
    duplicates = "; it fails while there are duplicates" if wanted.get("unique") else ""
    return f"{collection} lacks {name}{f' ({_options_text(wanted)})' if wanted else ''}: {MAKE}{duplicates}"


def _options(index: Index) -> dict[str, Any]:
    """The options that change what an index does; one that is switched off counts as absent."""
    given = {option: index.get(option) for option in OPTIONS}
    return {option: value for option, value in given.items() if value is not None and value is not False}  # 0 counts


def _options_text(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{option} {value}" for option, value in options.items()) or "no options"
