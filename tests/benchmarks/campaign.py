"""The measurement itself: sections of samples, the targets of a section in turn in every round.

The order of the targets is turned round in every other round, so that what changes over time touches all alike.
"""

import json
import subprocess
import sys
import time
from contextlib import ExitStack

from tests.benchmarks.commands import FastapiUsers, FlaskSecurity, Limit, LimitOnGthread
from tests.benchmarks.load import play, require_served
from tests.benchmarks.plan import OTHER_CLIENTS, VERIFY_CLIENTS
from tests.benchmarks.population import progress
from tests.benchmarks.processes import processor_seconds, resident, settle
from tests.benchmarks.targets import PEOPLE, ROUNDS_OF_BCRYPT, Service
from tests.support.server import ROOT

MANY_TOKENS = 20_000
LIMIT_B = "bcrypt"


class OutOfTime(Exception):
    """No further sample may begin."""


class Campaign:
    """Fills `journal` by `plan`, on `mongod`, with its files in `folder`."""

    def __init__(self, plan, journal, mongod, folder):
        self.plan, self.journal, self._mongod, self._folder = plan, journal, mongod, folder
        self._deadline = time.monotonic() + plan.minutes * 60

    def run(self):
        """All sections; returns whether there was time for all."""
        with ExitStack() as running:
            try:
                self._main = self._started(running)
                for section in (self.traffic, self.logins, self.starts, self.sessions, self.clients, self.threads):
                    print(f"[{time.strftime('%H:%M:%S')}] {section.__name__}", flush=True)
                    section()
            except OutOfTime:
                print(f"out of time after {self.plan.minutes} minutes; run it again to go on", file=sys.stderr)
                return False
        return True

    def _started(self, running):
        service = Service(self._folder, self._mongod)
        targets = [service, *(limit(self._folder, self._mongod, service) for limit in (Limit, LimitOnGthread))]
        targets += [FlaskSecurity(self._folder, self._mongod), FastapiUsers(self._folder, self._mongod)]
        for target in targets:
            target.fill()
            running.enter_context(target)
            play(target.url, target.requests_for("verify"), clients=16, seconds=1, folder=target.folder)
        return targets

    def traffic(self):
        """Verify, profile, refresh and mixed traffic, then the memory the workers have."""
        loads = [("verify", clients) for clients in VERIFY_CLIENTS]
        loads += [(kind, OTHER_CLIENTS[kind]) for kind in ("profile", "refresh", "mixed")]
        for number in range(self.plan.rounds):
            for kind, clients in loads:
                self._round("traffic", kind, clients, number, self.plan.seconds)
        for target in self._main:
            memory = [resident(pid) for pid in target.workers]
            if memory and ("memory", target.name) not in self.journal:
                self.journal.add(("memory", target.name), {key: max(each[key] for each in memory) for key in memory[0]})

    def logins(self):
        """Logins of all, and the bcrypt package alone."""
        for number in range(self.plan.login_rounds):
            self._round("login", "login", OTHER_CLIENTS["login"], number, self.plan.login_seconds)
            if (key := ("login", LIMIT_B, "login", 0, number)) not in self.journal:
                self.journal.add(key, self._in_time(lambda: hashes(self.plan.login_seconds)))

    def starts(self):
        """From the command to the first answer."""
        for number in range(self.plan.starts):
            for target in in_turn(self._main, number):
                if (key := ("start", target.name, number)) not in self.journal:
                    self.journal.add(key, self._in_time(lambda target=target: restarted(target)))

    def clients(self):
        """The protected request for one client and for hundreds."""
        for number in range(self.plan.curve_rounds):
            for clients in self.plan.clients:
                self._round("clients", "verify", clients, number, self.plan.curve_seconds)

    def sessions(self):
        """The protected request for a thousand sessions and for a million."""
        names = [f"sessions_{count}" for count in self.plan.sessions]
        rounds = range(self.plan.sessions_rounds)
        keys = [("sessions", name, "verify", 32, number) for name in (*names, "many_tokens") for number in rounds]
        if all(key in self.journal for key in keys):
            return
        with ExitStack() as running:
            *fewer, largest = self.plan.sessions
            services = [self._crowded(running, count) for count in fewer]
            crowd = self._crowded(running, largest, tokens=min(MANY_TOKENS, largest))
            many = running.enter_context(crowd.sibling(self._folder, self._mongod, "many_tokens"))
            crowd.tokens = many.tokens[:: len(many.tokens) // PEOPLE]
            services += [crowd, many]
            for number in rounds:
                self._round("sessions", "verify", 32, number, self.plan.seconds, targets=services)

    def threads(self):
        """The same service with other numbers of threads a worker."""
        service = self._main[0]
        with ExitStack() as running:
            siblings = [
                running.enter_context(
                    service.sibling(self._folder, self._mongod, f"threads_{threads}", WEB_THREADS=threads)
                )
                for threads in self.plan.threads
            ]
            for number in range(self.plan.rounds):
                self._round("threads", "verify", 32, number, self.plan.curve_seconds, targets=siblings)

    def _crowded(self, running, count, **options):
        def shown(done):
            progress(f"{done:,} of {count:,} sessions")
            if time.monotonic() > self._deadline:
                raise OutOfTime

        service = Service(self._folder, self._mongod, name=f"sessions_{count}", sessions=count, shown=shown, **options)
        service.fill()
        return running.enter_context(service)

    def _round(self, section, kind, clients, number, seconds, targets=None):
        for target in in_turn([target for target in targets or self._main if kind in target.kinds], number):
            if (key := (section, target.name, kind, clients, number)) not in self.journal:
                self.journal.add(key, self._in_time(lambda target=target: self._sample(target, kind, clients, seconds)))

    def _sample(self, target, kind, clients, seconds):
        asked = {
            "clients": clients,
            "seconds": seconds,
            "folder": target.folder,
            "chains": target.chains(kind, clients),
        }
        for each in self._main:
            settle(each.workers)
        before = processor_seconds(target.workers), processor_seconds([self._mongod.pid])
        seen = play(target.url, target.requests_for(kind), **asked)
        after = processor_seconds(target.workers), processor_seconds([self._mongod.pid])
        require_served(target.url, target.requests_for("verify")[0])
        used = [1e6 * (late - early) / max(1, seen["requests"]) for early, late in zip(before, after, strict=True)]
        print(
            f"  {target.name:18} {kind:8} {clients:4} clients {seen['rate']:8.0f}/s  p50 {seen['p50']:7.1f}  "
            f"p99 {seen['p99']:7.1f} ms  {used[0]:6.0f} + {used[1]:4.0f} us  refused {seen['refused']}, "
            f"broken {seen['broken'] + seen['timeouts']}",
            flush=True,
        )
        return {**seen, "worker_us": used[0], "mongod_us": used[1]}

    def _in_time(self, work):
        if time.monotonic() > self._deadline:
            raise OutOfTime
        try:
            return work()
        except (RuntimeError, OSError, ValueError, AssertionError, subprocess.SubprocessError) as error:
            print(f"  failed: {error}", file=sys.stderr)
            return {"failed": str(error)[:500]}


def in_turn(targets, number):
    return targets if number % 2 == 0 else targets[::-1]


def hashes(seconds):
    command = [sys.executable, "-m", "tests.benchmarks.limit.hashing", str(ROUNDS_OF_BCRYPT), str(seconds)]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds + 30)
    seen = json.loads(outcome.stdout)
    print(f"  {LIMIT_B:18} {seen['rate']:.2f} checks a second", flush=True)
    return seen


def restarted(target):
    target.stop()
    began = time.monotonic()
    target.start()
    seconds = time.monotonic() - began
    print(f"  {target.name:18} started in {seconds:.2f} s", flush=True)
    return {"seconds": seconds}
