"""What 64 callers see while the database is frozen for 20 s: `python -m tests.benchmarks.studies.frozen_database`.

gunicorn and granian in turn, one worker of 32 threads: fewer threads than callers. Each caller is a process of its own
that keeps its connection, does one thing after the other (profile, verify, refresh, sessions, login, readyz, register),
and pauses after an answer. mongod gets SIGSTOP, and 20 s later SIGCONT. The exit code is 0 when every answer came
within 2.5 s, none was a 500, nothing but 503 was said once the silence was known, and the p99 from 5 s after the thaw
on is at most twice that of before.
"""

import argparse
import os
import signal
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.benchmarks import running_database, server_on
from tests.support.server import PROGRAMS
from tests.support.traffic.load import NO_ANSWER, callers, use

CALLERS = 64
BEFORE, FROZEN, AFTER = 10, 20, 15  # seconds
RECOVERY = 5  # seconds after the thaw until all is as before
PAUSE = 0.2  # seconds a caller waits after an answer
LONGEST = 2.5  # seconds
KNOWN = 2  # seconds after the freeze; what was on its way by then has arrived


def main():
    options = parsed()
    return max([study(program, options) for program in options.program])


def study(program, options):
    """Freeze the database of one server; the exit code."""
    print(f"{program}, {options.callers} callers:", flush=True)
    with (
        ProcessPoolExecutor(options.callers) as pool,
        running_database() as (mongod, url),
        server_on(url, program=program, BCRYPT_ROUNDS=4, WEB_THREADS=options.threads) as server,
    ):
        people = callers(server.port, options.callers)
        end = time.monotonic() + BEFORE + options.seconds + AFTER
        used = [pool.submit(use, server.port, email, options.pause, end) for email in people]
        time.sleep(BEFORE)
        frozen, thawed = freeze(mongod, options.seconds)
        answers = [answer for each in used for answer in each.result()]
    return report(answers, frozen, thawed)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, default=CALLERS)
    parser.add_argument("--seconds", type=float, default=FROZEN, help="how long the database is frozen")
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two calls of a caller")
    parser.add_argument("--threads", type=int, help="WEB_THREADS; the service's default if not given")
    parser.add_argument("--program", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS), help="the servers")
    return parser.parse_args()


def freeze(mongod, seconds):
    """Stop mongod for so long; when it stopped and when it went on."""
    os.kill(mongod.pid, signal.SIGSTOP)
    frozen = time.monotonic()
    try:
        time.sleep(seconds)
    finally:
        os.kill(mongod.pid, signal.SIGCONT)
    return frozen, time.monotonic()


def report(answers, frozen, thawed):
    """Print what was seen in each phase; 0 when the figures are reached, else 1."""
    before = asked(answers, frozen - BEFORE + 3, frozen - 2)
    after = asked(answers, thawed + RECOVERY, thawed + AFTER)
    print_phase("before", before)
    print_phase("frozen", asked(answers, frozen, thawed))
    print_phase(f"{RECOVERY} s after", after)
    print_refusals(asked(answers, frozen - LONGEST, thawed))
    longest = max(answers, key=lambda each: each.seconds)
    when = f"asked {longest.asked - frozen:+.1f} s from the freeze"
    print(f"longest answer: {longest.seconds:.2f} s (at most {LONGEST}), {longest.call}, {longest.status}, {when}")
    last = max((each.heard for each in answers if each.status == 503), default=thawed) - thawed
    print(f"last 503: {last:+.2f} s from the thaw (before {RECOVERY})")
    wrong = Counter((each.call, each.status) for each in answers if each.status in (500, NO_ANSWER))
    said = [each for each in asked(answers, frozen + KNOWN, thawed) if each.heard < thawed and each.status != 503]
    print(f"500 or no answer: {dict(wrong) or 'none'}; other than 503 while frozen: {len(said)} (none)")
    ratio = p99(after) / p99(before)
    print(f"p99, {RECOVERY} s after the thaw to before: {ratio:.2f} (at most 2)")
    reached = longest.seconds <= LONGEST and last < RECOVERY and ratio <= 2 and not wrong and not said
    print("reached" if reached else "MISSED")
    return 0 if reached else 1


def asked(answers, start, end):
    return [each for each in answers if start <= each.asked < end]


def print_phase(name, answers):
    median = statistics.median(each.seconds for each in answers)
    statuses = ", ".join(f"{key}: {n}" for key, n in sorted(Counter(a.status for a in answers).items(), key=str))
    figures = f"p50 {1000 * median:6.1f} ms, p99 {1000 * p99(answers):7.1f} ms"
    print(f"{name:>9}: {len(answers):6} answers, {figures}; {statuses}", flush=True)


def print_refusals(answers):
    """How long a 503 took, and how many calls had no answer at all."""
    seconds = sorted(each.seconds for each in answers if each.status == 503)
    cuts = statistics.quantiles(seconds, n=100)
    shown = ", ".join(f"p{cut} {cuts[cut - 1]:.2f}" for cut in (50, 90, 99))
    resets = sum(each.status == NO_ANSWER for each in answers)
    waited = sum(each >= 1 for each in seconds)
    print(f"  to a 503: {shown}, max {seconds[-1]:.2f} s; {waited} of {len(seconds)} took a second; {resets} resets")


def p99(answers):
    return statistics.quantiles((each.seconds for each in answers), n=100)[98]


if __name__ == "__main__":
    sys.exit(main())
