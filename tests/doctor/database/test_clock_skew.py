"""The skew between the clocks of this machine and of the database."""

from datetime import datetime, timedelta, timezone

import pytest

from auth_service.doctor.database import clock_skew
from auth_service.doctor.findings import Level

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OK, WARNING, PROBLEM, _ = Level


def test_half_of_the_round_trip_is_no_skew():
    received = NOON + timedelta(seconds=4)
    assert clock_skew.skew(NOON + timedelta(seconds=2), before=NOON, after=received) == timedelta(0)
    assert clock_skew.skew(NOON, before=NOON, after=received) == timedelta(seconds=-2)


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
    found = clock_skew.assess(timedelta(seconds=seconds))
    assert found.level is level
    assert words in found.sentence


def test_a_clock_that_runs_ahead_of_the_database_is_found(app, clock):
    clock.advance(seconds=8)
    (found,) = clock_skew.examine(clock)
    assert found.level is PROBLEM
    assert "8.0 s ahead" in found.sentence
