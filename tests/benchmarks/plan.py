"""What `make bench` measures, how often and for how long: one plan for the document, a short one for a look.

It imports nothing of the project: plots.py reads it, too, from another virtual environment.
"""

from dataclasses import dataclass

VERIFY_CLIENTS = (32, 64)
OTHER_CLIENTS = {"profile": 32, "refresh": 32, "mixed": 32, "login": 6}
PLACES = {"near": "the database on this machine", "far": "the database 2 ms away"}
LIMIT_B = "bcrypt"
NAMES = {
    "gunicorn": "auth_service, gunicorn",
    "granian": "auth_service, granian",
    "before": "auth_service before, gunicorn",
    "limit": "limit (a)",
    "flask_security": "Flask-Security-Too",
    "fastapi_users": "fastapi-users",
    LIMIT_B: "limit (b), bcrypt alone",
}


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


FULL = Plan(
    name="full",
    minutes=35,
    seconds=4,
    rounds=5,
    login_seconds=6,
    login_rounds=4,
    starts=3,
    clients=(1, 8, 128, 256),
    curve_seconds=3,
    curve_rounds=2,
    sessions=(1_000, 100_000, 1_000_000),
    sessions_rounds=4,
)
QUICK = Plan(
    name="quick",
    minutes=6,
    seconds=1,
    rounds=2,
    login_seconds=2,
    login_rounds=1,
    starts=1,
    clients=(1, 256),
    curve_seconds=1,
    curve_rounds=1,
    sessions=(1_000, 100_000),
    sessions_rounds=1,
)
