"""The figures the service must show, as ratios within one run, and what was measured of them."""

import statistics
from dataclasses import dataclass

from tests.benchmarks.plan import LIMIT_B, NAMES, OTHER_CLIENTS, PLACES, VERIFY_CLIENTS

OURS = ("gunicorn", "granian")
GTHREAD = "gunicorn"
PEERS = {"flask_security": 2.0, "fastapi_users": 1.3}  # what the better of ours is to reach
BEFORE = {"near": 0.9, "far": 1.4}


@dataclass(frozen=True)
class Figure:
    """One of them; `measured` is `None` where it could not be."""

    what: str
    wanted: str
    measured: float | None
    reached: bool
    unit: str = ""

    @property
    def shown(self):
        return "not measured" if self.measured is None else f"{self.measured:.2f}{self.unit}"

    @property
    def verdict(self):
        return "reached" if self.reached else "missed"


class Samples:
    """The samples of a journal, by section, target, kind and number of clients."""

    def __init__(self, samples):
        self._samples = samples
        played = [sample for sample in samples.values() if "refused" in sample]
        self.requests = sum(sample["requests"] for sample in played)
        self.refused = sum(sample["refused"] + sample["broken"] + sample["timeouts"] for sample in played)
        self.failed = sum("failed" in sample for sample in samples.values())

    def of(self, section, name, kind, clients, field="rate"):
        return [
            sample[field]
            for key, sample in self._samples.items()
            if key[:4] == (section, name, kind, clients) and field in sample
        ]

    def median(self, section, name, kind, clients, field):
        values = self.of(section, name, kind, clients, field)
        return statistics.median(values) if values else None

    def ratio(self, section, one, other, kind, clients, field="rate"):
        """The median of `one` to that of `other`."""
        return quotient(*(self.median(section, name, kind, clients, field) for name in (one, other)))

    def best(self, section, names, other, kind, clients):
        """The highest rate of `names` to that of `other`."""
        ratios = [self.ratio(section, name, other, kind, clients) for name in names]
        return max((each for each in ratios if each), default=None)

    def start(self, name):
        values = [
            sample["seconds"]
            for key, sample in self._samples.items()
            if key[:2] == ("start", name) and "seconds" in sample
        ]
        return statistics.median(values) if values else None

    def memory(self, name):
        return self._samples.get(("memory", name))


def figures(samples, plan):
    """All of them."""
    rows = []
    for place in PLACES:
        for clients in VERIFY_CLIENTS:
            rows += verifications(samples, place, clients)
        rows += others(samples, place)
    crowd = samples.ratio("sessions", f"sessions_{plan.sessions[-1]}", f"sessions_{plan.sessions[0]}", "verify", 32)
    rows.append(at_least(f"verify, {plan.sessions[-1]:,} sessions to {plan.sessions[0]:,}", 0.85, crowd))
    for name in OURS:
        memory = samples.memory(name)
        rows.append(at_most(f"worker after the load, {name}", 80, memory["rss"] if memory else None, " MiB"))
        rows.append(at_most(f"import and start, {name}", 2, samples.start(name), " s"))
    return rows


def verifications(samples, place, clients):
    """The protected request: gunicorn to the bare function in the same worker, the better server to all others."""
    at = f"{clients} clients, {place}"
    limit = place, GTHREAD, "limit", "verify", clients
    yield at_least(f"verify on gunicorn to limit (a), {at}", 0.95, samples.ratio(*limit))
    yield at_most(f"p99 to that of limit (a), {at}", 1.5, samples.ratio(*limit, field="p99"))
    for peer, wanted in {**PEERS, "before": BEFORE[place]}.items():
        if peer != "before" or samples.of(place, peer, "verify", clients):
            better = samples.best(place, OURS, peer, "verify", clients)
            yield at_least(f"verify, better of ours to {NAMES[peer]}, {at}", wanted, better)


def others(samples, place):
    """Profile, refresh and login."""
    profile, limit = (samples.median(place, *each, 32, "rate") for each in ((GTHREAD, "profile"), ("limit", "verify")))
    yield at_least(f"profile on gunicorn to verify of limit (a), {place}", 0.6, quotient(profile, limit))
    refresh = samples.best(place, OURS, "flask_security", "refresh", OTHER_CLIENTS["refresh"])
    yield at_least(f"refresh, better of ours to Flask-Security-Too, {place}", 1.8, refresh)
    login = samples.median(place, GTHREAD, "login", OTHER_CLIENTS["login"], "rate")
    hashes = samples.median("near", LIMIT_B, "login", 0, "rate")
    yield at_least(f"login on gunicorn to limit (b), {place}", 0.93, quotient(login, hashes))


def quotient(one, other):
    return one / other if one and other else None


def at_least(what, bound, measured, unit=""):
    return Figure(what, f"at least {bound}{unit}", measured, measured is not None and measured >= bound, unit)


def at_most(what, bound, measured, unit=""):
    return Figure(what, f"at most {bound}{unit}", measured, measured is not None and measured <= bound, unit)
