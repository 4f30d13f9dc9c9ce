"""Checks that this machine's clock agrees with the database's: expiries and the race window compare times of both."""

from datetime import datetime, timedelta

from auth_service.clock import Clock
from auth_service.database.connection import hello
from auth_service.doctor.findings import Finding, ok, problem, warning

CHECK = "clock"
NOTICEABLE = timedelta(seconds=1)
HARMFUL = timedelta(seconds=5)


def examine(clock: Clock) -> list[Finding]:
    """Measure the skew by one command, and assess it."""
    before = clock.now()
    theirs = hello()["localTime"]
    return [assess(skew(theirs, before=before, after=clock.now()))]


def skew(theirs: datetime, *, before: datetime, after: datetime) -> timedelta:
    """How far another clock, which read `theirs` between `before` and `after` of ours, is ahead of ours.

    It is taken to have been read in the middle, so the error is at most half of the round trip.
    """
    return theirs - (before + (after - before) / 2)


def assess(ahead: timedelta) -> Finding:
    """Whether it matters that the database's clock is `ahead` of this machine's, or behind where it is negative."""
    distance = f"{abs(ahead.total_seconds()):.1f} s"
    if abs(ahead) <= NOTICEABLE:
        return ok(CHECK, f"within {distance} of the database's")
    level = problem if abs(ahead) > HARMFUL else warning
    direction = "behind" if ahead > timedelta(0) else "ahead of"
    advice = "the race window and every expiry compare times of several hosts: keep all of them on NTP"
    return level(CHECK, f"this machine is {distance} {direction} the database's; {advice}")
