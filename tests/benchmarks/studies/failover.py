"""How long writes fail when the primary is lost: `python -m tests.benchmarks.studies.failover`.

A replica set of three on this machine, and ten callers who refresh, register and verify through two workers, on
gunicorn and on granian. The primary is killed, or told to step down. Printed are the seconds from that moment until
there was another primary, until the last call failed, and until every caller's writes were acknowledged again.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmarks import FAST, server_on
from tests.support.peers.replica_set import MEMBERS, ReplicaSet
from tests.support.server import PROGRAMS, wait_until
from tests.support.traffic.load import NO_ANSWER, callers, use

CALLERS = 10
CALLS = ("refresh", "verify", "register", "verify")
WRITTEN = {("refresh", 200), ("register", 201)}
FAILED = (500, 503, NO_ANSWER)
PAUSE = 0.05  # seconds a caller waits after an answer
BEFORE, AFTER = 2, 8  # seconds; AFTER is counted from the end of an election at the latest
ELECTION_TIMEOUT = 10  # seconds, MongoDB's default


def main():
    options = parsed()
    with (
        ProcessPoolExecutor(CALLERS) as pool,
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        ReplicaSet(Path(folder), options.election_timeout) as replicas,
    ):
        print(f"electionTimeoutMillis {1000 * options.election_timeout:.0f}")
        for program in options.program:
            url = replicas.url.replace("/?", f"/{program}?")
            with server_on(url, program=program, BCRYPT_ROUNDS=4, WEB_CONCURRENCY=2, REFRESH_GRACE="15s") as server:
                people = callers(server.port, CALLERS)
                for name in ("step_down", "kill_primary") * options.rounds:
                    wait_until(lambda: replicas.secondaries == MEMBERS - 1, 60)
                    lost = loss(replicas, name, pool, server.port, people, options)
                    print(f"{program:9}{name:13}{lost}", flush=True)
    return 0


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--election-timeout", type=float, default=ELECTION_TIMEOUT, help="seconds")
    parser.add_argument("--program", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS), help="the servers")
    return parser.parse_args()


def loss(replicas, name, pool, port, people, options):
    """Lose the primary once, while all are calling; what is to be printed of it."""
    end = time.monotonic() + BEFORE + options.election_timeout + AFTER
    used = [pool.submit(use, port, email, PAUSE, end, CALLS) for email in people]
    time.sleep(BEFORE)
    member, moment = getattr(replicas, name)()
    elected = replicas.await_other_primary(member) - moment
    histories = [each.result() for each in used]
    if name == "kill_primary":
        member.start()
    answers = [answer for history in histories for answer in history if answer.heard > moment]
    failed = max((answer.asked for answer in answers if answer.status in FAILED), default=moment)
    again = max(first_write(history, moment) for history in histories)
    statuses = dict(Counter(answer.status for answer in answers if answer.status in FAILED))
    longest = max(answer.seconds for answer in answers)
    return (
        f"elected {elected:5.2f} s, last failure {failed - moment:5.2f} s, all write again {again - moment:5.2f} s, "
        f"longest answer {longest:.2f} s, failed {statuses or 'none'}"
    )


def first_write(history, moment):
    """When the first write after the last failed one was acknowledged."""
    writes = [answer for answer in history if answer.heard > moment and answer.call in ("refresh", "register")]
    failed = max((answer.asked for answer in writes if answer.status in FAILED), default=moment)
    return next(
        (each.heard for each in writes if each.asked >= failed and (each.call, each.status) in WRITTEN), float("inf")
    )


if __name__ == "__main__":
    sys.exit(main())
