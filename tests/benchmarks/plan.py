"""What `make bench` measures, how often and for how long: one plan for the document, a short one for a look."""

from dataclasses import dataclass

VERIFY_CLIENTS = (32, 64)
OTHER_CLIENTS = {"profile": 32, "refresh": 32, "mixed": 32, "login": 6}


@dataclass(frozen=True)
class Plan:
    """Seconds of a sample and rounds of samples; `minutes` is when no further sample is begun."""

    name: str
    minutes: int
    seconds: int
    rounds: int
    login_seconds: int
    login_rounds: int
    starts: int
    clients: tuple[int, ...]
    curve_seconds: int
    curve_rounds: int
    sessions: tuple[int, ...]
    sessions_rounds: int
    threads: tuple[int, ...]


FULL = Plan(
    name="full",
    minutes=27,
    seconds=5,
    rounds=5,
    login_seconds=8,
    login_rounds=5,
    starts=5,
    clients=(1, 4, 16, 32, 64, 128, 256),
    curve_seconds=3,
    curve_rounds=2,
    sessions=(1_000, 10_000, 100_000, 1_000_000),
    sessions_rounds=5,
    threads=(1, 2, 4, 16, 32),
)
QUICK = Plan(
    name="quick",
    minutes=5,
    seconds=2,
    rounds=3,
    login_seconds=4,
    login_rounds=2,
    starts=2,
    clients=(1, 16, 64, 256),
    curve_seconds=1,
    curve_rounds=1,
    sessions=(1_000, 10_000, 100_000),
    sessions_rounds=2,
    threads=(2, 32),
)
