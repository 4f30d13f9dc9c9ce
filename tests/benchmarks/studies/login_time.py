"""Whether the time of a failed login tells which e-mails have an account.

Run: `python -m tests.benchmarks.studies.login_time`.

One client sends logins that all fail, the kinds in turn, now in one order and now in the other. The exit code is 0 when
the medians of a known and an unknown e-mail are within 10 % of each other; the other kinds are for comparison.
"""

import argparse
import statistics
import sys
import time

import bcrypt
from pymongo import MongoClient

from tests.benchmarks import running_service
from tests.support.remote import Remote

SAMPLES = 200
LIMIT = 0.1
SELDOM = 8  # the kinds for comparison take part in every eighth round
IMPORTED_COST = 10  # lower than the service's own, which is 12
WRONG = "a wrong password"
COMPARED = {
    "known e-mail": ("known@example.com", WRONG),
    "unknown e-mail": ("unknown@example.com", WRONG),
}
OTHERS = {
    "imported hash": ("imported@example.com", WRONG),
    "over-long, known": ("known@example.com", "x" * 2000),
    "over-long, unknown": ("unknown@example.com", "x" * 2000),
}


def main():
    options = parsed()
    with running_service() as (server, database_url):
        for email in ("known@example.com", "imported@example.com"):
            assert Remote(server.url, email).register().status_code == 201
        import_hash(database_url, "imported@example.com")
        samples = measured(server.url, options.samples)
    return report(samples)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="of a known and of an unknown e-mail")
    return parser.parse_args()


def import_hash(database_url, email):
    """Give the account a hash as another system would have made it."""
    hashed = bcrypt.hashpw(b"another password", bcrypt.gensalt(IMPORTED_COST)).decode()
    with MongoClient(database_url) as client:
        users = client.get_default_database()["users"]
        assert users.update_one({"email": email}, {"$set": {"password": hashed}}).modified_count == 1


def measured(url, count):
    """Seconds of each login, by kind."""
    samples = {name: [] for name in COMPARED | OTHERS}
    for email, password in (COMPARED | OTHERS).values():
        seconds_of_login(url, email, password)  # not counted: connections are made and caches filled
    for number in range(count):
        for name, (email, password) in kinds(number):
            samples[name].append(seconds_of_login(url, email, password))
    return samples


def kinds(number):
    """The kinds of round `number`, in its order."""
    taking_part = list((COMPARED if number % SELDOM else COMPARED | OTHERS).items())
    return taking_part if number // SELDOM % 2 else taking_part[::-1]


def seconds_of_login(url, email, password):
    start = time.perf_counter()
    response = Remote(url, email, password).login()
    seconds = time.perf_counter() - start
    assert response.status_code == 401, response.text
    return seconds


def report(samples):
    """Print a row a kind; 0 when the figure is reached, else 1."""
    medians = {name: statistics.median(seconds) for name, seconds in samples.items() if len(seconds) > 1}
    known, unknown = (medians[name] for name in COMPARED)
    print("kind                 samples    median  quartiles              to known")
    for name, median in medians.items():
        low, _, high = statistics.quantiles(samples[name], n=4)
        quartiles = f"{1000 * low:.1f} to {1000 * high:.1f} ms"
        row = f"{name:20} {len(samples[name]):7} {1000 * median:6.1f} ms  {quartiles:22} {median / known:.3f}"
        print(row)
    reached = abs(unknown / known - 1) <= LIMIT
    print(f"unknown to known {unknown / known:.3f} (within 10 %): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
