"""Compares `GET /profile` during a login flood with the same calls in quiet.

Run: `python -m tests.benchmarks.studies.login_flood`.

Eight people who are logged in ask for their profile without a pause, on connections they keep. In every other phase 64
clients send right passwords, each on a connection of its own, and pause 250 ms after an answer. The exit code is 0 when
the p99 during the flood is at most five times the quiet one and no profile call failed.
"""

import argparse
import http.client
import json
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.benchmarks import running_service
from tests.support.parallel import at_once
from tests.support.remote import Remote

CALLERS = 8
ATTACKERS = 64
ATTACKED = 16  # accounts; none of them a caller's
PAUSE = 0.25  # seconds an attacker waits after an answer
RAMP = 1  # seconds of flood before the callers start
PHASE = 4  # seconds
ROUNDS = 5
LIMIT = 5  # times the quiet p99


@dataclass(frozen=True)
class Phase:
    """What the callers saw: seconds of each answered call, and how many calls failed."""

    seconds: list[float]
    failures: int

    @property
    def p50(self):
        return statistics.median(self.seconds)

    @property
    def p99(self):
        return statistics.quantiles(self.seconds, n=100)[98]


def main():
    options = parsed()
    with ProcessPoolExecutor(CALLERS + ATTACKERS) as pool, running_service(WEB_THREADS=options.threads) as (server, _):
        tokens = [person.logged_in().access_token for person in registered(server.url, "caller", CALLERS)]
        emails = [person.email for person in registered(server.url, "attacked", ATTACKED)]
        rounds = [one_round(pool, server.port, tokens, emails, options) for _ in range(options.rounds)]
    return report(rounds)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, help="WEB_THREADS; the service's default if not given")
    parser.add_argument("--caller-pause", type=float, default=0, help="seconds between two calls of a caller")
    return parser.parse_args()


def registered(url, name, count):
    """`count` people with an account; two at once, as many as there are workers to hash."""
    people = [Remote(url, f"{name}{number}@example.com") for number in range(count)]
    for pair in zip(people[::2], people[1::2], strict=True):
        assert {response.status_code for response in at_once(*(person.register for person in pair))} == {201}
    return people


def one_round(pool, port, tokens, emails, options):
    """A quiet phase, a phase in the flood, and how often the attackers got which answer."""
    quiet = called(pool, port, tokens, options.caller_pause)
    end = time.monotonic() + RAMP + PHASE
    flood = [pool.submit(send_logins, port, emails[number % ATTACKED], end) for number in range(ATTACKERS)]
    time.sleep(RAMP)
    flooded = called(pool, port, tokens, options.caller_pause)
    answers = sum((attacker.result() for attacker in flood), Counter())
    print_round(quiet, flooded, answers)
    return quiet, flooded, answers


def called(pool, port, tokens, pause):
    """The phase all callers saw together."""
    end = time.monotonic() + PHASE
    seen = [future.result() for future in [pool.submit(ask_profile, port, token, end, pause) for token in tokens]]
    return Phase([second for seconds, _ in seen for second in seconds], sum(failures for _, failures in seen))


def ask_profile(port, token, end, pause):
    """One caller in a process of its own: the seconds its answers took, and its failures."""
    seconds, failures = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < end:
        start = time.perf_counter()
        if status(connection, "GET", "/profile", headers={"Authorization": f"Bearer {token}"}) == 200:
            seconds.append(time.perf_counter() - start)
        else:
            failures += 1
        time.sleep(pause)
    connection.close()
    return seconds, failures


def send_logins(port, email, end):
    """One attacker in a process of its own: how often it got which answer."""
    answers = Counter()
    body = json.dumps({"email": email, "password": Remote("").password})
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        answers[status(connection, "POST", "/auth/login", body, {"Content-Type": "application/json"})] += 1
        connection.close()
        time.sleep(PAUSE)
    return answers


def status(connection, *call, **options):
    """The status of the answer, read to its end; "none" when there was no answer."""
    try:
        connection.request(*call, **options)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return "none"
    return response.status


def print_round(quiet, flooded, answers):
    for name, phase in (("quiet", quiet), ("flood", flooded)):
        print(
            f"{name}: {len(phase.seconds):5} profiles, {phase.failures} failed, "
            f"p50 {1000 * phase.p50:6.1f} ms, p99 {1000 * phase.p99:6.1f} ms"
        )
    print(f"       p99 ratio {flooded.p99 / quiet.p99:.2f}; logins by answer: {said(answers)}", flush=True)


def report(rounds):
    """Print the medians over the rounds; 0 when the figure is reached, else 1."""
    quiet, flooded = zip(*((quiet, flooded) for quiet, flooded, _ in rounds), strict=True)
    quiet_p99, flooded_p99 = (statistics.median(phase.p99 for phase in phases) for phases in (quiet, flooded))
    for name, phases, p99 in (("quiet", quiet, quiet_p99), ("flood", flooded, flooded_p99)):
        p50 = statistics.median(phase.p50 for phase in phases)
        print(f"median of {len(rounds)} rounds, {name}: p50 {1000 * p50:.1f} ms, p99 {1000 * p99:.1f} ms")
    failures = sum(phase.failures for phase in quiet + flooded)
    ratio = flooded_p99 / quiet_p99
    reached = ratio <= LIMIT and not failures
    print(f"logins by answer: {said(sum((answers for _, _, answers in rounds), Counter()))}")
    print(f"p99 ratio {ratio:.2f} (at most {LIMIT}), failed profile calls {failures} (none): {verdict(reached)}")
    return 0 if reached else 1


def said(answers):
    return ", ".join(f"{status}: {count}" for status, count in sorted(answers.items(), key=str)) or "none"


def verdict(reached):
    return "reached" if reached else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
