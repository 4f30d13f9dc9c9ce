"""Writes docs/benchmarks.md from the samples: medians, their ratios in one run, spread, and what was asked of them.

What people wrote, in notes.md beside this file, is taken over as it stands.
"""

import os
import platform
import statistics
from pathlib import Path

from tests.benchmarks.figures import Samples, figures
from tests.benchmarks.plan import LIMIT_B, NAMES, OTHER_CLIENTS, PLACES, VERIFY_CLIENTS

NOTES = Path(__file__).with_name("notes.md")
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
        *(traffic(samples, kind, document) for kind in TITLES),
        logins(samples),
        curve(samples, plan, document),
        sessions(samples, plan, document),
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


def traffic(samples, kind, document):
    lines = [f"## {TITLES[kind]}", ""]
    if kind == "verify":
        lines += [f"![near]({document.stem}/near.png) ![far]({document.stem}/far.png)", ""]
    for place, told in PLACES.items():
        for clients in VERIFY_CLIENTS if kind == "verify" else (OTHER_CLIENTS[kind],):
            if rows := table(samples, place, kind, clients, NAMES):
                lines += [f"{clients} clients, {told}:", "", *rows, ""]
    return "\n".join(lines).rstrip()


def table(samples, section, kind, clients, names):
    """One row a target, and how it stands to the first; time and work a request."""
    targets = [name for name in names if samples.of(section, name, kind, clients)]
    if not targets:
        return []
    first = samples.median(section, targets[0], kind, clients, "rate")
    spenders = ("worker_us", "mongod_us", *(["proxy_us"] if section == "far" else []))
    spent = "server + mongod" + (" + proxy" if section == "far" else "")
    lines = [
        f"| | requests/s | lowest to highest | to the first | p50 ms | p99 ms | processor µs, {spent} |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in targets:
        rates = samples.of(section, name, kind, clients)
        p50, p99, *times = (samples.median(section, name, kind, clients, field) for field in ("p50", "p99", *spenders))
        cells = [NAMES.get(name, name), f"{statistics.median(rates):,.0f}", f"{min(rates):,.0f} to {max(rates):,.0f}"]
        cells += [f"{statistics.median(rates) / first:.2f}", f"{p50:.1f}", f"{p99:.1f}"]
        lines.append(f"| {' | '.join(cells)} | {' + '.join(f'{each:.0f}' for each in times)} |")
    return lines


def logins(samples):
    clients = OTHER_CLIENTS["login"]
    lines = ["## Login", "", f"{clients} clients, bcrypt at cost 12; limit (b) has a process a core.", ""]
    lines += [
        "| | database | logins/s | lowest to highest | to limit (b) | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    limit = samples.median("near", LIMIT_B, "login", 0, "rate")
    for name in NAMES:
        at = 0 if name == LIMIT_B else clients
        for place in PLACES:
            if not (rates := samples.of(place, name, "login", at)):
                continue
            times = [samples.median(place, name, "login", at, field) for field in ("p50", "p99")]
            shown = ["", ""] if name == LIMIT_B else [f"{each:.0f}" for each in times]
            ratio = f"{statistics.median(rates) / limit:.2f}" if limit else ""
            cells = [NAMES[name], "" if name == LIMIT_B else place, f"{statistics.median(rates):.2f}"]
            cells += [f"{min(rates):.2f} to {max(rates):.2f}", ratio, *shown]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def curve(samples, plan, document):
    targets = [name for name in NAMES if samples.of("clients", name, "verify", plan.clients[0])]
    lines = ["## Concurrent clients", "", f"![by clients]({document.stem}/clients.png)", ""]
    lines += ["Protected requests a second:", "", "| clients | " + " | ".join(NAMES[name] for name in targets) + " |"]
    lines += ["|---" * (1 + len(targets)) + "|"]
    for clients in plan.clients:
        rates = [samples.median("clients", name, "verify", clients, "rate") for name in targets]
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


def starts_and_memory(samples):
    lines = [
        "## Start and memory",
        "",
        "Start: from the command to the first answer. Memory: the largest worker after the",
    ]
    lines += ["load, resident, and with what workers share counted once.", ""]
    lines += ["| | start s | resident MiB | proportional MiB |", "|---|---|---|---|"]
    for name in NAMES:
        if name == LIMIT_B or not (samples.start(name) or samples.memory(name)):
            continue
        start, memory = samples.start(name), samples.memory(name)
        shown = [f"{memory[key]:.0f}" if memory else "" for key in ("rss", "pss")]
        lines.append(f"| {NAMES[name]} | {f'{start:.2f}' if start else ''} | {' | '.join(shown)} |")
    return "\n".join(lines)
