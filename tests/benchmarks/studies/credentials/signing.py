"""What ES256 costs against HS256, in processor time of the serving thread.

Run: `python -m tests.benchmarks.studies.credentials.signing`.

Two applications in this process, one without and one with keys, take turns, a call each: a refresh, `GET /auth/verify`
with a token that is new to the process, and with one that it remembers. The figures are those that a twentieth of the
calls stay below, in µs: those that nothing else disturbed. Run it on an idle machine. Then each makes tokens in a loop,
which finds everything in the processor's caches; within a request the same work takes several times as long. The exit
code is 0 when a token in the loop costs at most 25 µs more.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from auth_service.clock import SystemClock
from auth_service.development.mongod import Mongod
from tests.support.api import Api
from tests.support.applications import build_app
from tests.support.keys.authenticated import AUTHENTICATED
from tests.support.keys.files import new_key, variables

LIMIT = 25  # µs


def main():
    options = parsed()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder) / "mongodb") as mongod:
        url = mongod.url.replace("/?", "/signing?")
        keyed = variables(Path(folder) / "keys.pem", new_key())
        people = {"HS256": person(url, "a@example.com"), "ES256": person(url, "b@example.com", **keyed)}
        times = {name: {call: [] for call in CALLS} for name in people}
        for number in range(options.calls):
            for call, play in CALLS.items():
                for name in list(people)[:: 1 if number % 2 == 0 else -1]:
                    times[name][call].append(play(people[name]))
    for call in CALLS:
        old, new = (statistics.quantiles(times[name][call], n=20)[0] for name in ("HS256", "ES256"))
        print(f"{call:28} HS256 {old:7.1f} µs  ES256 {new:7.1f} µs  difference {new - old:+6.1f} µs")
    old, new = (in_a_loop(each, options.calls) for each in people.values())
    print(f"{'a token, in a loop':28} HS256 {old:7.1f} µs  ES256 {new:7.1f} µs  difference {new - old:+6.1f} µs")
    return 0 if new - old <= LIMIT else 1


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=4000, help="of each kind")
    return parser.parse_args()


def person(url, email, **variables_):
    app = build_app(clock=SystemClock(), DB_URL=url, REFRESH_RACE_WINDOW="0", LOG_LEVEL="error", **variables_)
    return Api(app).registered(email).logged_in()


def refresh(api):
    return timed(api.refresh)


def new_token(api):
    codec = codec_of(api)
    claims = codec.verify_access(api.access_token)
    api.access_token = codec.encode_access(sub=claims.sub, sid=claims.sid, authentication=AUTHENTICATED)
    return timed(api.verify)


def in_a_loop(api, calls):
    """The processor time of making a token again and again, in µs."""
    codec = codec_of(api)
    before = time.thread_time_ns()
    for _ in range(calls):
        codec.encode_access(sub="0" * 24, sid="0" * 32, authentication=AUTHENTICATED)
    return (time.thread_time_ns() - before) / calls / 1000


def codec_of(api):
    return api.http.application.extensions["auth_service"].services.codec


def known_token(api):
    return timed(api.verify)


def timed(call):
    """The processor time of a call, in µs."""
    before = time.thread_time_ns()
    response = call()
    used = time.thread_time_ns() - before
    assert response.status_code in (200, 204)
    return used / 1000


CALLS = {"refresh": refresh, "verify, a new token": new_token, "verify, a remembered token": known_token}

if __name__ == "__main__":
    sys.exit(main())
