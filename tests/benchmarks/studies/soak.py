"""Whether the service stays as it was under constant mixed load.

Run: `python -m tests.benchmarks.studies.soak --minutes 10`.

Callers in processes of their own do one thing after the other, as `tests.support.traffic.load` has them, with limits
and delays on and set high, so that their code runs. Every few seconds each worker's resident memory, open files and
threads are read from /proc. After a warm-up a straight line is fitted through them. The exit code is 0 when there was
no 5xx and no missing answer, and memory and files are flat: the line rises by less than 1 MB and one file in ten
minutes, or by less than twice what its own scatter explains.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import running_service
from tests.support.traffic.load import NO_ANSWER, callers, use

CALLERS = 8
PAUSE = 0.05  # seconds a caller waits after an answer
SLICE = 10  # seconds between two readings
CROWD, CROWDED = 64, 8  # callers and seconds, before all else
WARM_UP = 0.3  # of the time; the allocator grows until then
SPAN = 600  # seconds: slopes are told per ten minutes
PAGE = 4096  # bytes
HIGH = "1000000/minute"
LIMITS = {f"RATELIMIT_{name}": HIGH for name in ("REGISTER", "LOGIN", "LOGIN_ACCOUNT", "REFRESH", "PASSWORD")}


@dataclass(frozen=True)
class Reading:
    """One worker at one moment: seconds since the start, MB resident, open files, threads."""

    moment: float
    memory: float
    files: int
    threads: int


def main():
    options = parsed()
    settings = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true", "BCRYPT_ROUNDS": 4, **LIMITS}
    with ProcessPoolExecutor(options.callers) as pool, running_service(**settings) as (server, _):
        people = callers(server.port, options.callers)
        crowd(server.port, people)
        readings, answers = {pid: [] for pid in server.workers}, Counter()
        began = time.monotonic()
        while (now := time.monotonic()) < began + 60 * options.minutes:
            end = min(now + SLICE, began + 60 * options.minutes)
            slices = [pool.submit(counted, server.port, email, options.pause, end) for email in people]
            answers += sum((each.result() for each in slices), Counter())
            for pid in readings:
                readings[pid].append(read(pid, time.monotonic() - began))
            print_progress(readings, answers, time.monotonic() - began)
        assert set(server.workers) == set(readings), "a worker ended"
    return report(readings, answers)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--callers", type=int, default=CALLERS)
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two calls of a caller")
    return parser.parse_args()


def crowd(port, people):
    """Have so many callers for a moment that every thread there can be, and its connection, is there."""
    end = time.monotonic() + CROWDED
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(lambda number: use(port, people[number % len(people)], 0, end), range(CROWD)))


def counted(port, email, pause, end):
    """How often a caller got which answer to which call."""
    return Counter((answer.call, answer.status) for answer in use(port, email, pause, end))


def read(pid, moment):
    process = Path(f"/proc/{pid}")
    resident = int((process / "statm").read_text().split()[1]) * PAGE / 1e6
    return Reading(moment, resident, len(list((process / "fd").iterdir())), len(list((process / "task").iterdir())))


def print_progress(readings, answers, moment):
    latest = [each[-1] for each in readings.values()]
    workers = "; ".join(f"{each.memory:.1f} MB, {each.files} files, {each.threads} threads" for each in latest)
    print(f"{moment:6.0f} s: {answers.total():7} answers, {failures(answers)} failed; {workers}", flush=True)


def failures(answers):
    return sum(n for (_, status), n in answers.items() if status == NO_ANSWER or status >= 500)


def report(readings, answers):
    """Print the slopes of each worker; 0 when all is flat and nothing failed, else 1."""
    flat = True
    for pid, seen in readings.items():
        kept = [each for each in seen if each.moment >= WARM_UP * seen[-1].moment]
        for name, unit in (("memory", "MB"), ("files", "files")):
            slope, doubt = line([each.moment for each in kept], [getattr(each, name) for each in kept])
            flat = flat and (slope < 1 or slope < 2 * doubt)
            print(f"worker {pid}: {name} {slope:+.2f} ± {doubt:.2f} {unit} in ten minutes")
    print("answers:", ", ".join(f"{call} {status}: {n}" for (call, status), n in sorted(answers.items(), key=str)))
    print(f"5xx or no answer: {failures(answers)} (none); {'flat' if flat else 'RISING'}")
    return 0 if flat and not failures(answers) else 1


def line(moments, values):
    """The slope through the points, and its standard error, both for `SPAN` seconds."""
    fitted = statistics.linear_regression(moments, values)
    rest = sum((y - fitted.slope * x - fitted.intercept) ** 2 for x, y in zip(moments, values, strict=True))
    spread = sum((x - statistics.mean(moments)) ** 2 for x in moments)
    return SPAN * fitted.slope, SPAN * (rest / (len(moments) - 2) / spread) ** 0.5


if __name__ == "__main__":
    sys.exit(main())
