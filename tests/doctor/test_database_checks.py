"""What the doctor finds out about the database: its indexes, its members, its clock."""

from datetime import datetime, timedelta, timezone

import pytest

from auth_service.database.indexes import ensure_indexes
from auth_service.doctor import indexes, installation
from auth_service.doctor.findings import Level
from auth_service.settings.settings import Settings
from tests.support.settings import environment

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OK, WARNING, PROBLEM, FAILED = Level


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def levels(findings):
    return [finding.level for finding in findings]


@pytest.fixture
def rebuilt(database):
    """The database; all its indexes are made anew afterwards."""
    yield database
    for name in ("users", "sessions", "refresh_tokens"):
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
        ("refresh_tokens", [("hash", 1)], {"unique": True, "hidden": True}, "hidden True"),
    ],
)
def test_an_index_that_is_missing_or_other_than_declared(rebuilt, name, keys, options, words):
    rebuilt[name].drop_index(keys)
    if options is not None:
        rebuilt[name].create_index(keys, **options)
    (found,) = indexes.examine()
    assert found.level is PROBLEM
    assert words in found.sentence
    assert "flask --app wsgi ensure-indexes" in found.sentence


def test_an_index_with_the_right_name_on_other_fields(rebuilt):
    rebuilt.users.drop_index("email_1")
    rebuilt.users.create_index("mail", name="email_1", unique=True)
    (found,) = indexes.examine()
    assert "users has email_1 on other fields" in found.sentence


def test_an_index_under_another_name_is_as_good(rebuilt):
    rebuilt.users.drop_index("email_1")
    rebuilt.users.create_index("email", name="by_hand", unique=True)
    assert levels(indexes.examine()) == [OK]


# the database's kind and clock


@pytest.mark.parametrize(
    ("hello", "development", "level", "words"),
    [
        ({}, False, PROBLEM, "standalone"),
        ({"setName": "rs0", "hosts": ["a"]}, False, WARNING, "rs0 has 1 member: "),
        ({"setName": "rs0", "hosts": ["a"]}, True, OK, "1 member"),
        ({"setName": "rs0", "hosts": ["a", "b"]}, False, WARNING, "2 members"),
        ({"setName": "rs0", "hosts": ["a", "b"], "arbiters": ["c"]}, False, OK, "3 members"),
        ({"msg": "isdbgrid"}, False, OK, "sharded"),
    ],
)
def test_transactions_need_a_replica_set_and_failover_needs_members(hello, development, level, words):
    found = installation.replica_set(hello, development=development)
    assert found.level is level
    assert words in found.sentence


def test_half_of_the_round_trip_is_no_skew():
    received = NOON + timedelta(seconds=4)
    assert installation.skew(NOON + timedelta(seconds=2), sent=NOON, received=received) == timedelta(0)
    assert installation.skew(NOON, sent=NOON, received=received) == timedelta(seconds=-2)


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [
        (0.9, OK, "within 0.9 s"),
        (-1.5, WARNING, "1.5 s ahead of the database's"),
        (4.9, WARNING, "4.9 s behind the database's"),
        (-6, PROBLEM, "6.0 s ahead of"),
        (5.1, PROBLEM, "NTP"),
    ],
)
def test_a_skew_is_noticed_over_one_second_and_harmful_over_five(seconds, level, words):
    found = installation.judge_skew(timedelta(seconds=seconds))
    assert found.level is level
    assert words in found.sentence


def test_a_clock_that_runs_ahead_of_the_database_is_found(app, clock):
    clock.advance(seconds=8)
    found = {each.check: each for each in installation.examine(settings(), clock=clock)}
    assert found["clock"].level is PROBLEM
    assert "8.0 s ahead" in found["clock"].sentence
