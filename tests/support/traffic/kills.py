"""Kills a worker under load, and knows which answers fail for that."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import all_threads_stopped, is_running, wait_until
from tests.support.traffic.load import NO_ANSWER

LOCKS_HELD = 7.5  # seconds: transactionLifetimeLimitSeconds of the tests, 5, and mongod looks every half of it
GRANIAN_CRASH_LOOP = 5.5  # seconds: two workers that end within this time end granian


@dataclass(frozen=True)
class Kill:
    """A worker that was killed: the clients' ports of the connections it held, and when; `queues` of its own or not."""

    held: set[int]
    stopped: float
    ended: float
    queues: bool

    def explains(self, answer):
        """Whether `answer` fails for this.

        A login may wait for the locks of a transaction that the worker left open, until MongoDB ends it.
        """
        if answer.status == NO_ANSWER:
            return answer.port in self.held or (
                self.queues and answer.asked <= self.ended and answer.heard >= self.stopped
            )
        known = (answer.call, answer.status, answer.code) == ("login", 503, "database_unavailable")
        return known and self.stopped <= answer.asked <= self.ended + LOCKS_HELD


def kill_one(server, load):
    """Kill a worker, and return when another has taken its place and has been asked for a while."""
    victim, stopped = server.workers[0], time.monotonic()
    os.kill(victim, signal.SIGSTOP)
    wait_until(lambda: all_threads_stopped(victim), 5)
    held = remote_ports(victim, server.port)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not is_running(victim), 10)
    ended = time.monotonic()
    wait_until(lambda: len(server.workers) == 2 and victim not in server.workers, 10)
    answered = len(load.answers)
    wait_until(lambda: len(load.answers) > answered + 50, 20)
    if server.program == "granian":
        time.sleep(GRANIAN_CRASH_LOOP)
    return Kill(held, stopped, ended, queues=server.program == "granian")


def remote_ports(pid, port):
    """The clients' ports of the connections that the process has accepted on `port` (Linux)."""
    inodes = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(each)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    table = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {
        int(remote.rpartition(":")[2], 16)
        for _, local, remote, state, *rest in table
        if state == "01" and rest[5] in inodes and int(local.rpartition(":")[2], 16) == port
    }
