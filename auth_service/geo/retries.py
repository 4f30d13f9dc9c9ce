"""How long after a failed update the next one is tried."""

from datetime import timedelta

FIRST_PAUSE = timedelta(minutes=1)  # after a failure, doubled by every further one
LONGEST_PAUSE = timedelta(hours=12)


def pause_after(failures: int, *, first: timedelta = FIRST_PAUSE) -> timedelta:
    """The pause after one failure that followed `failures` others; `first` is that after the first of all."""
    return min(first * 2.0 ** min(failures, 20), LONGEST_PAUSE)
