"""A worker that looks one address up in eight threads until its standard input ends; run by `test_swapping`.

Then it writes as JSON how often each thread had which answer, what a last lookup found, and what the process holds.
"""

import json
import os
import sys
import threading
from pathlib import Path

from auth_service.geo.reader import CityReader
from tests.support.geo.server import ADDRESS

THREADS = 8


def answer(reader, errors):
    try:
        found = reader.find(ADDRESS)
        return f"{found.city.name} {found.country.iso_code}"
    except Exception as error:
        errors.append(repr(error))


def look(reader, over, seen, errors):
    while not over.is_set():
        found = answer(reader, errors)
        seen[found] = seen.get(found, 0) + 1


def main(path):
    reader, over, errors = CityReader(path), threading.Event(), []
    seen = [{} for _ in range(THREADS)]
    threads = [threading.Thread(target=look, args=(reader, over, mine, errors)) for mine in seen]
    descriptors = len(os.listdir("/proc/self/fd"))
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    last = answer(reader, errors)  # alone: while one thread opens the new file, the others still answer from the old
    maps = [line for line in Path("/proc/self/maps").read_text().splitlines() if path.name in line]
    leaked = len(os.listdir("/proc/self/fd")) - descriptors
    print(json.dumps({"seen": seen, "last": last, "errors": errors, "leaked": leaked, "maps": maps}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
