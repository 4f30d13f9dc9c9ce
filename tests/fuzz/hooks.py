"""Loaded by schemathesis: who calls, what makes calls succeed that no generator could guess, and what came of them.

Runs in the virtual environment of schemathesis, so it imports nothing of the project.
"""

import atexit
import base64
import json
import os
import random
from collections import Counter
from datetime import datetime
from pathlib import Path

import requests
import schemathesis
from hypothesis import strategies as st

URL = os.environ["FUZZ_URL"]
CALLER = json.loads(os.environ["FUZZ_CALLER"])  # email, password and role; empty for nobody
OTHERS = json.loads(os.environ["FUZZ_OTHERS"])  # the ids of accounts that calls may be about
METRICS = ("/metrics", os.environ["FUZZ_METRICS_TOKEN"])  # a path that has a token of its own
ANSWERS = Path(os.environ["FUZZ_ANSWERS"])  # where the counts of answers go


YEAR_2000, YEAR_2100 = datetime(2000, 1, 1), datetime(2100, 1, 1)


def cursor(milliseconds, identifier):
    return base64.urlsafe_b64encode(f"{milliseconds}.{identifier.hex()}".encode()).decode().rstrip("=")


# What the description can only name, as the service's own rules have it. The format `email` allows addresses that the
# service refuses, such as those under `.test` (RFC 6761) or with an unassigned character, and it trims what it
# accepts. No pattern says that, so the description says it in words and the fuzzer sends addresses that are valid.
schemathesis.openapi.format("email", st.from_regex(r"[a-z][a-z0-9]{2,20}@example\.(com|org)", fullmatch=True))
schemathesis.openapi.format("password", st.uuids().map(str))
schemathesis.openapi.format("date-time", st.datetimes(YEAR_2000, YEAR_2100).map(lambda time: f"{time.isoformat()}Z"))
schemathesis.openapi.format(
    "cursor", st.builds(cursor, st.integers(0, 4_000_000_000_000), st.binary(min_size=12, max_size=12))
)

UNFORESEEN = (
    b'"invalid_code"',
    b'"invalid_cursor"',
    b'"invalid_json"',  # a number of more than 64 bits in what a browser says about a passkey
    b"Must be a duration",
    b"Must be from",
    b"Cannot be combined",
    b'{"code":["Missing data',  # one of several members is needed
    b'{"password":["Missing data',
    b"Was refused",
)
answers = Counter()
own_id = None


def credentials():
    return {"email": CALLER["email"], "password": CALLER["password"]}


def log_in():
    """Log in, with a new account where the fuzzer deleted the old one."""
    answer = requests.post(f"{URL}/auth/login", json=credentials(), timeout=10)
    if answer.status_code == 401:
        requests.post(f"{URL}/auth/register", json=credentials(), timeout=10).raise_for_status()
        answer = requests.post(f"{URL}/auth/login", json=credentials(), timeout=10)
    answer.raise_for_status()
    return answer


@schemathesis.auth()
class Bearer:
    """An access token of the caller; after a 401, say because a call ended its session, there is another.

    Nobody has none, but has this class: without one schemathesis would register somebody.
    """

    def get(self, case, context):
        global own_id
        if not CALLER:
            return None
        answer = log_in().json()
        own_id = answer["user"]["_id"]
        return answer["accessToken"]

    def set(self, case, data, context):
        if data:
            path, token = METRICS
            case.headers["Authorization"] = f"Bearer {token if case.operation.path == path else data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Make every other valid call one about something that exists."""
    if CALLER and case.meta and case.meta.generation.mode.is_positive and random.random() < 0.5:
        make_real(case)


def make_real(case):
    call, path = f"{case.method} {case.operation.path}", case.path_parameters
    if "user_id" in path:
        path["user_id"] = random.choice([*OTHERS, own_id])
        while is_suicide(case):
            path["user_id"] = random.choice(OTHERS)
    if "session_id" in path:
        path["session_id"] = a_session_id()
    if call == "POST /auth/login":
        case.body = credentials()
    if call == "POST /auth/refresh":
        case.cookies["refreshToken"] = log_in().cookies["refreshToken"]
    if call == "POST /auth/confirm":
        case.body = {"password": CALLER["password"]}
    if call == "POST /profile/password":
        case.body = {"currentPassword": CALLER["password"], "newPassword": CALLER["password"]}


def a_session_id():
    """A living session of the caller's, opened to be ended."""
    bearer = {"Authorization": f"Bearer {log_in().json()['accessToken']}"}
    return requests.get(f"{URL}/profile", headers=bearer, timeout=10).json()["session"]["sessionId"]


@schemathesis.hook
def filter_case(context, case):
    return not is_suicide(case)


def is_suicide(case):
    """Whether an admin would demote, suspend or delete itself: all that came after would be one and the same 403."""
    target = str((case.path_parameters or {}).get("user_id", "")).lower()
    fatal = case.operation.path.startswith("/users/{user_id}") and case.method != "GET"
    return CALLER.get("role") == "admin" and target == own_id and fatal


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drop what is none: a format that forbids nothing, and a refusal that a description cannot foretell.

    The format `password` tells a form to hide what is typed (OpenAPI 3.0); any text has it.
    """
    if response.status_code == 400 and any(each in response.content for each in UNFORESEEN):
        return False
    return not ("violates `format`" in failure.message and failure.message.rstrip().lower().endswith("password"))


@schemathesis.hook
def after_call(context, case, response):
    answers[f"{case.operation.method.upper()} {case.operation.path} {response.status_code}"] += 1


@atexit.register
def write_answers():
    ANSWERS.write_text(json.dumps(answers))
