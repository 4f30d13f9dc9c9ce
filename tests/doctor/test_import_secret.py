"""What the doctor says of an import and of the secret it needs."""

import pytest

from auth_service.doctor.database import import_secret
from auth_service.doctor.findings import Level
from auth_service.settings.accounts import ImportSettings


@pytest.mark.parametrize(
    ("secret", "imported", "days", "level", "words"),
    [
        (None, False, 0, Level.OK, "neither set nor needed"),
        ("s", False, 0, Level.WARNING, "no sessions were imported"),
        ("s", True, 13, Level.OK, "is needed until"),
        ("s", True, 15, Level.WARNING, "is over: take it out"),
        (None, True, 13, Level.WARNING, "nobody can go on"),
        (None, True, 15, Level.OK, "neither set nor needed"),
    ],
)
def test_the_secret_is_needed_for_so_long(express, run_import, clock, secret, imported, days, level, words):
    express.user("bob@example.com")  # an account alone needs no secret
    if imported:
        express.login(express.user("ada@example.com"))
    run_import()
    clock.advance(days=days)
    (found,) = import_secret.examine(ImportSettings(secret=secret, accept_days=14), now=clock.now())
    assert (found.level, words in found.sentence) == (level, True)


def test_raw_tokens_that_an_unfinished_import_left_are_a_problem(express, run_import, clock):
    express.login(express.user("ada@example.com"))
    found = import_secret.examine(ImportSettings(secret=None, accept_days=14), now=clock.now())
    assert [each.level for each in found] == [Level.PROBLEM, Level.OK]
    run_import()
    (found,) = import_secret.examine(ImportSettings(secret="s", accept_days=14), now=clock.now())
    assert found.level is Level.OK
