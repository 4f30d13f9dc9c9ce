"""The measurement itself: sections of samples, the targets of a section in turn in every round.

The order of the targets is turned round in every other round, so that what changes over time touches all alike.
"""

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.commands import Before, FastapiUsers, FlaskSecurity, Limit
from tests.benchmarks.load import play, require_served
from tests.benchmarks.plan import LIMIT_B, OTHER_CLIENTS, VERIFY_CLIENTS
from tests.benchmarks.population import progress
from tests.benchmarks.processes import processor_seconds, resident, settle
from tests.benchmarks.targets import PEOPLE, ROUNDS_OF_BCRYPT, Service
from tests.support.server import ROOT

MANY_TOKENS = 20_000
MOST_REFUSED = 0.1  # of the requests of a sample: refusals are quicker than what is measured


class OutOfTime(Exception):
    """No further sample may begin."""


class Campaign:
    """Fills `journal` by `plan`, on `mongod` and, for each target once more, on `far`, with its files in `folder`.

    `before` is another checkout of the project and its interpreter, or `None`.
    """

    def __init__(self, plan, journal, mongod, far, folder, before=None):
        self.plan, self.journal, self._mongod, self._far, self._folder = plan, journal, mongod, far, folder
        self._before = before
        self._deadline = time.monotonic() + plan.minutes * 60
        self._resting = []  # workers that may still be busy with the last sample

    def run(self):
        """All sections; returns whether there was time for all."""
        with ExitStack() as running:
            try:
                self._places = self._started(running)
                for section in (self.traffic, self.logins, self.starts, self.sessions, self.clients):
                    print(f"[{time.strftime('%H:%M:%S')}] {section.__name__}", flush=True)
                    section()
            except OutOfTime:
                print(f"out of time after {self.plan.minutes} minutes; run it again to go on", file=sys.stderr)
                return False
        return True

    def _started(self, running):
        """The targets by place; the far ones are siblings of the near ones."""
        folder, mongod = self._folder, self._mongod
        service = Service(folder, mongod)
        service.fill()
        running.enter_context(service)
        others = [kind(folder, mongod) for kind in (FlaskSecurity, FastapiUsers)]
        others += [Limit(folder, mongod, service), *([Before(folder, mongod, *self._before)] if self._before else [])]
        for target in others:
            target.fill()
        near = [service, service.sibling(folder, mongod, "granian", program="granian"), *others]
        (away := Path(folder) / "far").mkdir()
        far = [target.sibling(away, self._far) for target in near]
        for target in (*near[1:], *far):
            running.enter_context(target)
        for target in (*near, *far):
            play(target.url, target.requests_for("verify"), clients=16, seconds=1, folder=target.folder)
        return {"near": near, "far": far}

    def traffic(self):
        """Verify, profile, refresh and mixed traffic, then the memory the workers have."""
        loads = [("verify", clients) for clients in VERIFY_CLIENTS]
        loads += [(kind, OTHER_CLIENTS[kind]) for kind in ("profile", "refresh", "mixed")]
        for number in range(self.plan.rounds):
            for kind, clients in loads:
                for place in self._places if kind != "mixed" else ("near",):
                    self._round(place, kind, clients, number, self.plan.seconds)
        for target in self._places["near"]:
            memory = [resident(pid) for pid in target.workers]
            if memory and ("memory", target.name) not in self.journal:
                self.journal.add(("memory", target.name), {key: max(each[key] for each in memory) for key in memory[0]})

    def logins(self):
        """Logins of all, and the bcrypt package alone."""
        for number in range(self.plan.login_rounds):
            for place in self._places:
                self._round(place, "login", OTHER_CLIENTS["login"], number, self.plan.login_seconds)
            if (key := ("near", LIMIT_B, "login", 0, number)) not in self.journal:
                self.journal.add(key, self._in_time(lambda: hashes(self.plan.login_seconds)))

    def starts(self):
        """From the command to the first answer."""
        for number in range(self.plan.starts):
            for target in in_turn(self._places["near"], number):
                if (key := ("start", target.name, number)) not in self.journal:
                    self.journal.add(key, self._in_time(lambda target=target: restarted(target)))

    def clients(self):
        """The protected request for one client and for hundreds."""
        for number in range(self.plan.curve_rounds):
            for clients in self.plan.clients:
                self._round("clients", "verify", clients, number, self.plan.curve_seconds, self._places["near"])

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

    def _crowded(self, running, count, **options):
        def shown(done):
            progress(f"{done:,} of {count:,} sessions")
            if time.monotonic() > self._deadline:
                raise OutOfTime

        service = Service(self._folder, self._mongod, name=f"sessions_{count}", sessions=count, shown=shown, **options)
        service.fill()
        return running.enter_context(service)

    def _round(self, section, kind, clients, number, seconds, targets=None):
        """One sample of each target; those of the place that `section` names if no others are given."""
        asked = [target for target in targets or self._places[section] if kind in target.kinds]
        for target in in_turn(asked, number):
            if (key := (section, target.name, kind, clients, number)) not in self.journal:
                self.journal.add(key, self._in_time(lambda key=key, target=target: self._sample(key, target, seconds)))

    def _sample(self, key, target, seconds):
        section, name, kind, clients, _ = key
        asked = {
            "clients": clients,
            "seconds": seconds,
            "folder": target.folder,
            "chains": target.chains(kind, clients),
        }
        settle([pid for pid in self._resting if Path(f"/proc/{pid}").exists()])
        self._resting = target.workers
        processes = {"worker_us": target.workers, "mongod_us": [self._mongod.pid], "proxy_us": [self._far.proxy]}
        before = {name: processor_seconds(pids) for name, pids in processes.items()}
        seen = play(target.url, target.requests_for(kind), **asked)
        spent = {name: processor_seconds(pids) - before[name] for name, pids in processes.items()}
        require_served(target.url, target.requests_for("verify")[0])
        each = {name: 1e6 * used / max(1, seen["requests"]) for name, used in spent.items()}
        print(
            f"  {section:8} {name:15} {kind:8} {clients:4} clients "
            f"{seen['rate']:8.0f}/s  p50 {seen['p50']:7.1f}  p99 {seen['p99']:7.1f} ms  "
            f"{' + '.join(f'{used:.0f}' for used in each.values())} us  "
            f"refused {seen['refused']}, broken {seen['broken'] + seen['timeouts']}",
            flush=True,
        )
        if seen["refused"] > MOST_REFUSED * seen["requests"]:
            raise RuntimeError(f"{target.name}: {seen['refused']} of {seen['requests']} were refused")
        return {**seen, **each}

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
