"""Writes docs/benchmarks.md from the samples: medians, their ratios in one run, spread, and what was asked of them.

What people wrote, in notes.md beside this file, is taken over as it stands.
"""

import os
import platform
import statistics
from pathlib import Path

from tests.benchmarks.campaign import LIMIT_B
from tests.benchmarks.figures import Samples, figures
from tests.benchmarks.plan import OTHER_CLIENTS, VERIFY_CLIENTS

NOTES = Path(__file__).with_name("notes.md")
NAMES = {
    "auth_service": "auth_service",
    "limit": "limit (a)",
    "limit_gthread": "limit (a) on gthread",
    "flask_security": "Flask-Security-Too",
    "fastapi_users": "fastapi-users",
    LIMIT_B: "limit (b), bcrypt alone",
}
TARGETS = [name for name in NAMES if name != LIMIT_B]
TITLES = {
    "verify": "Protected request, `GET /auth/verify`",
    "profile": "`GET /profile`",
    "refresh": "Refresh",
    "mixed": "Mixed traffic: in 1,000 requests 899 checks, 90 profiles, 10 refreshes, 1 login",
}


def written(document, journal, plan):
    """Write the document; whether all figures were reached."""
    samples = Samples(journal.samples)
    rows = figures(samples, plan)
    parts = [
        NOTES.read_text().partition("<!-- measured -->")[0].rstrip(),
        surroundings(plan, samples),
        asked(rows),
        *(traffic(samples, kind) for kind in TITLES),
        logins(samples),
        curve(samples, plan, document),
        sessions(samples, plan, document),
        threads(samples, plan),
        starts_and_memory(samples),
        NOTES.read_text().partition("<!-- measured -->")[2].strip(),
    ]
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text("\n\n".join(part for part in parts if part) + "\n")
    for row in rows:
        print(f"{row.verdict:8} {row.what}: {row.shown} ({row.wanted})")
    return all(row.verdict == "reached" for row in rows)


def surroundings(plan, samples):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"## The run\n\n{cores} cores of {processor()}, Python {platform.python_version()}, plan `{plan.name}`: "
        f"samples of {plan.seconds} s, {plan.rounds} rounds. Of {samples.requests:,} requests "
        f"{samples.refused} were refused or broken; {samples.failed} samples failed."
    )


def processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def asked(rows):
    lines = ["## Figures", "", "| what | wanted | measured | |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {row.what} | {row.wanted} | {row.shown} | {row.verdict} |" for row in rows])


def traffic(samples, kind):
    lines = [f"## {TITLES[kind]}", ""]
    for clients in VERIFY_CLIENTS if kind == "verify" else (OTHER_CLIENTS[kind],):
        lines += [f"{clients} clients:", "", *table(samples, "traffic", kind, clients), ""]
    return "\n".join(lines).rstrip()


def table(samples, section, kind, clients, names=None):
    """One row a target, and how it stands to the first; time and work a request."""
    targets = [name for name in names or NAMES if samples.of(section, name, kind, clients)]
    if not targets:
        return ["Not measured."]
    first = samples.median(section, targets[0], kind, clients, "rate")
    lines = [
        "| | requests/s | lowest to highest | to the first | p50 ms | p99 ms | processor µs, server + mongod |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in targets:
        rates = samples.of(section, name, kind, clients, "rate")
        p50, p99, worker, mongod = (
            samples.median(section, name, kind, clients, field) for field in ("p50", "p99", "worker_us", "mongod_us")
        )
        lines.append(
            f"| {NAMES.get(name, name)} | {statistics.median(rates):,.0f} | {min(rates):,.0f} to {max(rates):,.0f} | "
            f"{statistics.median(rates) / first:.2f} | {p50:.1f} | {p99:.1f} | {worker:.0f} + {mongod:.0f} |"
        )
    return lines


def logins(samples):
    clients = OTHER_CLIENTS["login"]
    lines = ["## Login", "", f"{clients} clients, bcrypt at cost 12; limit (b) has a process a core.", ""]
    lines += ["| | logins/s | lowest to highest | to limit (b) | p50 ms | p99 ms |", "|---|---|---|---|---|---|"]
    limit = samples.median("login", LIMIT_B, "login", 0, "rate")
    for name in (*NAMES,):
        at = 0 if name == LIMIT_B else clients
        if not (rates := samples.of("login", name, "login", at, "rate")):
            continue
        times = [samples.median("login", name, "login", at, field) for field in ("p50", "p99")]
        shown = ["", ""] if name == LIMIT_B else [f"{each:.0f}" for each in times]
        ratio = f"{statistics.median(rates) / limit:.2f}" if limit else ""
        spread = f"{min(rates):.2f} to {max(rates):.2f}"
        lines.append(f"| {NAMES[name]} | {statistics.median(rates):.2f} | {spread} | {ratio} | {' | '.join(shown)} |")
    return "\n".join(lines)


def curve(samples, plan, document):
    lines = ["## Concurrent clients", "", f"![by clients]({document.stem}/clients.png)", ""]
    lines += ["Protected requests a second:", "", "| clients | " + " | ".join(NAMES[name] for name in TARGETS) + " |"]
    lines += ["|---" * (1 + len(TARGETS)) + "|"]
    for clients in plan.clients:
        rates = [samples.median("clients", name, "verify", clients, "rate") for name in TARGETS]
        lines.append(f"| {clients} | " + " | ".join(f"{rate:,.0f}" if rate else "" for rate in rates) + " |")
    return "\n".join(lines)


def sessions(samples, plan, document):
    names = [f"sessions_{count}" for count in plan.sessions]
    rows = table(samples, "sessions", "verify", 32, [*names, "many_tokens"])
    told = (
        "Protected requests by 32 clients with 1,000 tokens drawn from all sessions; `many_tokens` is the largest "
        "number of sessions with 20,000 tokens, more than a worker remembers the claims of."
    )
    return "\n".join(
        ["## Number of sessions", "", f"![by sessions]({document.stem}/sessions.png)", "", told, "", *rows]
    )


def threads(samples, plan):
    rows = table(samples, "threads", "verify", 32, [f"threads_{threads}" for threads in plan.threads])
    told = "Protected requests by 32 clients, by `WEB_THREADS`, the most a worker may serve with."
    return "\n".join(["## Threads of a worker", "", told, "", *rows])


def starts_and_memory(samples):
    lines = [
        "## Start and memory",
        "",
        "Start: from the command to the first answer. Memory: the largest worker after the",
    ]
    lines += ["load, resident, and with what workers share counted once.", ""]
    lines += ["| | start s | resident MiB | proportional MiB |", "|---|---|---|---|"]
    for name in TARGETS:
        start, memory = samples.start(name), samples.memory(name)
        shown = [f"{memory[key]:.0f}" if memory else "" for key in ("rss", "pss")]
        lines.append(f"| {NAMES[name]} | {f'{start:.2f}' if start else ''} | {' | '.join(shown)} |")
    return "\n".join(lines)
