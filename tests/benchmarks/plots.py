"""Draws the samples: `plots.py SAMPLES FOLDER`. Runs in the virtual environment of the peers, which has matplotlib."""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from plan import NAMES, PLACES  # it stands beside this file

COLOURS = {
    "gunicorn": "#1b6ca8",
    "granian": "#6fb1de",
    "before": "#c9b037",
    "limit": "#b3b3b3",
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
    for name, colour in COLOURS.items():
        points = sorted((clients, rate) for (who, _, clients), rate in found.items() if who == name)
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=NAMES[name], color=colour)
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
        axes.plot(*zip(*points, strict=True), marker="o", label=NAMES["gunicorn"], color=COLOURS["gunicorn"])
    axes.set_xscale("log")
    axes.set_xlabel("sessions in the database")
    finish(figure, axes, target, "GET /auth/verify, 32 clients")


def by_kind(samples, place, target):
    found = rates(samples, place)
    figure, axes = pyplot.subplots(figsize=(7, 4))
    shown = [name for name in COLOURS if (name, "verify", 32) in found]
    kinds = [kind for kind in KINDS if any((name, kind, 32) in found for name in shown)]
    for number, name in enumerate(shown):
        heights = [found.get((name, kind, 32), 0) for kind in kinds]
        places = [at + (number - len(shown) / 2 + 0.5) * 0.14 for at in range(len(kinds))]
        axes.bar(places, heights, width=0.14, label=NAMES[name], color=COLOURS[name])
    axes.set_xticks(range(len(kinds)), kinds)
    finish(figure, axes, target, f"32 clients, {PLACES[place]}")


def finish(figure, axes, target, title):
    axes.set_ylabel("requests a second")
    axes.set_ylim(bottom=0)
    axes.set_title(title)
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:  # else nothing of it was measured
        axes.legend()
    figure.tight_layout()
    figure.savefig(target, dpi=110)
    pyplot.close(figure)


def main(journal, folder):
    lines = Path(journal).read_text().splitlines()[1:]
    samples = [json.loads(line) for line in lines]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for place in PLACES:
        by_kind(samples, place, folder / f"{place}.png")
    by_clients(samples, folder / "clients.png")
    by_sessions(samples, folder / "sessions.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
