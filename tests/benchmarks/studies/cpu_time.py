"""What a call costs in processor time and a worker in memory: `python -m tests.benchmarks.studies.cpu_time`.

One client makes each call many times, one after the other, against the service as it ships. The processor time of the
service's processes and of mongod is read from the kernel before and after, so it hardly matters what else the machine
does. A core carries at most as many calls a second as such times fit into one.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from auth_service.development.mongod import Mongod
from tests.benchmarks import FAST, SHIPPED, SilentServer
from tests.support.remote import Remote

CALLS = 1000
LOGINS = 20
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=CALLS, help="of each kind, but logins")
    calls = parser.parse_args().calls
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        Mongod(Path(folder) / "mongodb") as mongod,
        SilentServer(DB_URL=mongod.url.replace("/?", "/benchmark?"), **SHIPPED) as server,
    ):
        browser = Remote(server.url)
        browser.register()
        print(f"{'call':20}{'calls':>7}{'service':>12}{'mongod':>12}{'a core of the service carries':>32}")
        for name, count, call in kinds(browser, calls):
            print_row(name, count, *cost(call, count, server, mongod))
        print("memory of a worker:", ", ".join(f"{resident(pid) / 1e6:.0f} MB" for pid in server.workers))
    return 0


def kinds(browser, calls):
    """The calls by name, and how often each is made."""
    return [
        ("POST /auth/login", LOGINS, browser.login),
        ("GET /auth/verify", calls, browser.verify),
        ("GET /profile", calls, lambda: browser.get("/profile")),
        ("POST /auth/refresh", calls, browser.refresh),
    ]


def cost(call, count, server, mongod):
    """Seconds of processor time of the service's workers and of mongod for one call."""
    assert call().status_code in (200, 204)  # not counted: connections are made and caches filled
    before = busy(server.workers), busy([mongod.pid])
    for _ in range(count):
        assert call().status_code in (200, 204)
    return [(busy(pids) - spent) / count for pids, spent in zip((server.workers, [mongod.pid]), before, strict=True)]


def busy(pids):
    """Seconds of processor time these processes have had."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / TICKS


def resident(pid):
    """Bytes of memory the process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def print_row(name, count, service, mongod):
    print(f"{name:20}{count:7}{1000 * service:9.2f} ms{1000 * mongod:9.2f} ms{1 / service:25.0f} a second", flush=True)


if __name__ == "__main__":
    sys.exit(main())
