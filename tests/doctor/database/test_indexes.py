"""Indexes that are missing, or that differ from what the documents declare."""

import pytest

from auth_service.database.indexes import ensure_indexes
from auth_service.doctor.database import indexes
from auth_service.doctor.findings import Level

OK, _, PROBLEM, _ = Level


def levels(findings):
    return [finding.level for finding in findings]


@pytest.fixture
def rebuilt(database):
    """The database; all its indexes are made anew afterwards."""
    yield database
    for name in ("users", "sessions"):
        database[name].drop_indexes()
    ensure_indexes()


def test_a_prepared_database_has_all_indexes(database):
    assert levels(indexes.examine()) == [OK]


@pytest.mark.parametrize(
    ("name", "keys", "options", "words"),
    [
        ("users", [("email", 1)], None, "users lacks email_1 (unique True)"),
        ("users", [("email", 1)], {}, "users has email_1 with no options, declared is unique True"),
        ("sessions", [("purgeAt", 1)], {"expireAfterSeconds": 3600}, "with expireAfterSeconds 3600, declared is"),
        ("sessions", [("purgeAt", 1)], {}, "with no options, declared is expireAfterSeconds 0"),
        ("users", [("role", 1)], {}, "declared is partialFilterExpression {'role': 'admin'}"),
        ("users", [("email", 1)], {"unique": True, "hidden": True}, "hidden True"),
    ],
)
def test_an_index_that_is_missing_or_other_than_declared(rebuilt, name, keys, options, words):
    rebuilt[name].drop_index(keys)
    if options is not None:
        rebuilt[name].create_index(keys, **options)
    (found,) = indexes.examine()
    assert found.level is PROBLEM
    assert words in found.sentence
    assert ".venv/bin/python -m auth_service ensure-indexes" in found.sentence


def test_an_index_with_the_right_name_on_other_fields(rebuilt):
    rebuilt.users.drop_index("email_1")
    rebuilt.users.create_index("mail", name="email_1", unique=True)
    (found,) = indexes.examine()
    assert "users has email_1 on other fields" in found.sentence


def test_an_index_under_another_name_is_as_good(rebuilt):
    rebuilt.users.drop_index("email_1")
    rebuilt.users.create_index("email", name="by_hand", unique=True)
    assert levels(indexes.examine()) == [OK]
