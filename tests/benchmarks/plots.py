"""Draws the samples: `plots.py SAMPLES FOLDER`. Runs in the virtual environment of the peers, which has matplotlib."""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

NAMES = {
    "auth_service": "auth_service",
    "limit": "limit (a)",
    "limit_gthread": "limit (a) on gthread",
    "flask_security": "Flask-Security-Too",
    "fastapi_users": "fastapi-users",
}
COLOURS = {
    "auth_service": "#1b6ca8",
    "limit": "#666666",
    "limit_gthread": "#b3b3b3",
    "flask_security": "#d1702e",
    "fastapi_users": "#3c8d53",
}
KINDS = ("verify", "profile", "refresh", "mixed")


def rates(samples, section):
    """Medians of the requests a second, by target, kind and clients."""
    found = defaultdict(list)
    for sample in samples:
        if sample["key"][0] == section and "rate" in sample:
            found[tuple(sample["key"][1:4])].append(sample["rate"])
    return {key: statistics.median(values) for key, values in found.items()}


def by_clients(samples, target):
    found = rates(samples, "clients")
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name, label in NAMES.items():
        points = sorted((clients, rate) for (who, _, clients), rate in found.items() if who == name)
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=label, color=COLOURS[name])
    axes.set_xscale("log", base=2)
    axes.set_xlabel("concurrent clients")
    finish(figure, axes, target, "GET /auth/verify")


def by_sessions(samples, target):
    found = rates(samples, "sessions")
    points = sorted(
        (int(who.removeprefix("sessions_")), rate) for (who, _, _), rate in found.items() if "sessions_" in who
    )
    figure, axes = pyplot.subplots(figsize=(7, 4))
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label="auth_service", color=COLOURS["auth_service"])
    axes.set_xscale("log")
    axes.set_xlabel("sessions in the database")
    finish(figure, axes, target, "GET /auth/verify, 32 clients")


def by_kind(samples, target):
    found = rates(samples, "traffic")
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for number, (name, label) in enumerate(NAMES.items()):
        heights = [found.get((name, kind, 32), 0) for kind in KINDS]
        places = [place + (number - 1.5) * 0.2 for place in range(len(KINDS))]
        axes.bar(places, heights, width=0.2, label=label, color=COLOURS[name])
    axes.set_xticks(range(len(KINDS)), KINDS)
    finish(figure, axes, target, "32 clients")


def finish(figure, axes, target, title):
    axes.set_ylabel("requests a second")
    axes.set_ylim(bottom=0)
    axes.set_title(title)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(target, dpi=110)
    pyplot.close(figure)


def main(journal, folder):
    lines = Path(journal).read_text().splitlines()[1:]
    samples = [json.loads(line) for line in lines]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    by_kind(samples, folder / "traffic.png")
    by_clients(samples, folder / "clients.png")
    by_sessions(samples, folder / "sessions.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
