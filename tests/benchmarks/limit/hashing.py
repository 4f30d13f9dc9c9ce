"""Limit (b): the `bcrypt` package alone, as many checks a second as the cores give.

`python -m tests.benchmarks.limit.hashing COST SECONDS` prints them.
"""

import json
import os
import sys
import time
from multiprocessing import Pool

import bcrypt


def checks_of_one_core(job):
    """How many passwords one process checks until the time is over, and in how many seconds."""
    hashed, seconds = job
    done, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        bcrypt.checkpw(b"correct horse battery", hashed)
        done += 1
    return done, time.monotonic() - began


def main(rounds, seconds):
    """Print the checks a second of all cores together."""
    hashed = bcrypt.hashpw(b"correct horse battery", bcrypt.gensalt(rounds))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with Pool(cores) as pool:
        pool.map(checks_of_one_core, [(hashed, 0.1)] * cores)
        done = pool.map(checks_of_one_core, [(hashed, seconds)] * cores, chunksize=1)
    print(json.dumps({"rate": sum(checks / took for checks, took in done), "requests": sum(c for c, _ in done)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
