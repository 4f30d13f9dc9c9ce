"""The figures the service must show, as ratios within one run, and what was measured of them."""

import statistics
from dataclasses import dataclass

from tests.benchmarks.campaign import LIMIT_B
from tests.benchmarks.plan import OTHER_CLIENTS, VERIFY_CLIENTS

OURS = "auth_service"
LIMITS = {"limit": "limit (a)", "limit_gthread": "limit (a) on gthread"}
PEERS = {"flask_security": "Flask-Security-Too", "fastapi_users": "fastapi-users"}


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
    for clients in VERIFY_CLIENTS:
        ours = ("traffic", OURS, "verify", clients)
        for limit, name in LIMITS.items():
            both = ours, ("traffic", limit, "verify", clients)
            rows.append(at_least(f"verify to {name}, {clients} clients", 0.8, ratio(samples, *both)))
            rows.append(at_most(f"p99 to that of {name}, {clients} clients", 1.5, ratio(samples, *both, field="p99")))
        for peer, name in PEERS.items():
            both = ours, ("traffic", peer, "verify", clients)
            rows.append(at_least(f"verify to {name}, {clients} clients", 1.6, ratio(samples, *both)))
    for limit, name in LIMITS.items():
        both = ("traffic", OURS, "profile", 32), ("traffic", limit, "verify", 32)
        rows.append(at_least(f"profile to {name}", 0.55, ratio(samples, *both)))
    refresh = ("traffic", OURS, "refresh", 32), ("traffic", "flask_security", "refresh", 32)
    rows.append(at_least("refresh to Flask-Security-Too", 1.5, ratio(samples, *refresh)))
    login = ("login", OURS, "login", OTHER_CLIENTS["login"]), ("login", LIMIT_B, "login", 0)
    rows.append(at_least("login to limit (b)", 0.93, ratio(samples, *login)))
    crowd = ("sessions", f"sessions_{plan.sessions[-1]}", "verify", 32), ("sessions", "sessions_1000", "verify", 32)
    rows.append(at_least(f"verify, {plan.sessions[-1]:,} sessions to 1,000", 0.85, ratio(samples, *crowd)))
    memory = samples.memory(OURS)
    rows.append(at_most("memory of a worker after the load", 90, memory["rss"] if memory else None, " MiB"))
    rows.append(at_most("import and start", 2, samples.start(OURS), " s"))
    return rows


def ratio(samples, ours, others, field="rate"):
    mine, theirs = samples.median(*ours, field), samples.median(*others, field)
    return mine / theirs if mine and theirs else None


def at_least(what, bound, measured, unit=""):
    return Figure(what, f"at least {bound}{unit}", measured, measured is not None and measured >= bound, unit)


def at_most(what, bound, measured, unit=""):
    return Figure(what, f"at most {bound}{unit}", measured, measured is not None and measured <= bound, unit)
