"""Which server, and how many threads a worker: `python -m tests.benchmarks.studies.threads`.

gunicorn and granian with each number of threads are asked in turn for protected requests by `wrk`, with the database on
this machine and 2 ms away. Each figure is the median of the rounds; the order is turned round in every other round.
"""

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from auth_service.development.mongod import Mongod
from tests.benchmarks import FAST
from tests.benchmarks.far import Far
from tests.benchmarks.load import play
from tests.benchmarks.targets import Service
from tests.support.server import PROGRAMS

THREADS = (4, 8, 16, 32)
CLIENTS = (32, 64)


def main():
    options = parsed()
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        Mongod(Path(folder) / "mongodb") as mongod,
        Far(mongod) as far,
    ):
        service = Service(folder, mongod)
        service.fill()
        seen = defaultdict(list)
        kinds = [(place, program, threads) for place in ("near", "far") for program in PROGRAMS for threads in THREADS]
        for number in range(options.rounds):
            for kind in kinds if number % 2 == 0 else kinds[::-1]:
                measure(service, folder, {"near": mongod, "far": far}, kind, options.seconds, seen, number)
    report(kinds, seen)
    return 0


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    return parser.parse_args()


def measure(service, folder, places, kind, seconds, seen, number):
    """Start the server of this kind, and note its rate and its times for each number of clients."""
    place, program, threads = kind
    sibling = service.sibling(
        folder, places[place], "_".join(map(str, (*kind, number))), program=program, WEB_THREADS=threads
    )
    with sibling:
        script = sibling.requests_for("verify")
        play(sibling.url, script, clients=16, seconds=1, folder=sibling.folder)
        for clients in CLIENTS:
            figures = play(sibling.url, script, clients=clients, seconds=int(seconds), folder=sibling.folder)
            seen[kind, clients].append(figures)
            print(
                *kind, clients, f"{figures['rate']:.0f}/s p99 {figures['p99']:.1f} ms", figures["refused"], flush=True
            )


def report(kinds, seen):
    print("| database | server | threads | 32 clients | p99 | 64 clients | p99 |\n|---|---|---|---|---|---|---|")
    for kind in kinds:
        cells = [str(each) for each in kind]
        for clients in CLIENTS:
            rounds = seen[kind, clients]
            cells.append(f"{statistics.median(each['rate'] for each in rounds):.0f}/s")
            cells.append(f"{statistics.median(each['p99'] for each in rounds):.0f} ms")
        print("|", " | ".join(cells), "|")


if __name__ == "__main__":
    sys.exit(main())
