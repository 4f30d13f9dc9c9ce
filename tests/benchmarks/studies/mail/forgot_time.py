"""Whether the time of a request for a reset tells which e-mails have an account.

Run: `python -m tests.benchmarks.studies.mail.forgot_time`.

One client asks for known and unknown addresses in turn, each address once. The worker sends the mails meanwhile, into a
folder. The exit code is 0 when the medians are within 2 % of each other.
"""

import argparse
import statistics
import sys
import tempfile
import time

from tests.benchmarks import running_service
from tests.support.remote import Remote

SAMPLES = 500
LIMIT = 0.02
KNOWN, UNKNOWN = "known e-mail", "unknown e-mail"


def main():
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="auth_service_mails_") as folder:
        variables = {"MAIL_URL": f"file:{folder}", "MAIL_FROM": "a@example.com", "BCRYPT_ROUNDS": 4}
        with running_service(**variables) as (server, _):
            return report(measured(server.url, options.samples))


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="of known and of unknown e-mails")
    return parser.parse_args()


def measured(url, count):
    """Seconds of each request, by kind."""
    for number in range(count):
        assert Remote(url, f"known{number}@example.com").register().status_code == 201
    client, samples = Remote(url, "nobody@example.com"), {KNOWN: [], UNKNOWN: []}
    for _ in range(20):  # not counted: connections are made and caches filled
        seconds_of_request(client, "nobody@example.com")
    for number in range(count):
        kinds = [(KNOWN, f"known{number}@example.com"), (UNKNOWN, f"other{number}@example.com")]
        for name, email in kinds if number % 2 else kinds[::-1]:
            samples[name].append(seconds_of_request(client, email))
    return samples


def seconds_of_request(client, email):
    start = time.perf_counter()
    response = client.post("/auth/password/forgot", json={"email": email})
    seconds = time.perf_counter() - start
    assert response.status_code == 202, response.text
    return seconds


def report(samples):
    """Print a row a kind; 0 when the figure is reached, else 1."""
    for name, seconds in samples.items():
        low, median, high = (1000 * each for each in statistics.quantiles(seconds, n=4))
        print(f"{name:16} {len(seconds):5} samples, median {median:.2f} ms, quartiles {low:.2f} to {high:.2f} ms")
    ratio = statistics.median(samples[UNKNOWN]) / statistics.median(samples[KNOWN])
    reached = abs(ratio - 1) <= LIMIT
    print(f"unknown to known {ratio:.3f} (within 2 %): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
