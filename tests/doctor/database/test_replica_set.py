"""What the answer to `hello` says about transactions and failover."""

import pytest

from auth_service.doctor.database import replica_set
from auth_service.doctor.findings import Level

OK, WARNING, PROBLEM, _ = Level


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
    found = replica_set.assess(hello, development=development)
    assert found.level is level
    assert words in found.sentence
