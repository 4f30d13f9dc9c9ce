"""`python -m auth_service.development.world_map land-110m.json`: writes the map of the account page.

The file is TopoJSON, from the package `world-atlas` of npm (2.0.2), which has it from Natural Earth; its land is in the
public domain. The projection is equirectangular: a place is at x = longitude + 180, y = 90 - latitude.
"""

import json
import sys
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from auth_service.pages.files import STATIC

Point = tuple[float, float]

FILE = STATIC / "world.svg"
ANTARCTICA = -60  # degrees of latitude; what is south of it is left out
EDGE = 182  # degrees of longitude; what a ring has beyond lies on one line outside the frame
STEPS = 3  # to the degree: finer is not to be seen on a map of the width of a page
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 180"><!-- Natural Earth, public domain; written by python -m \
auth_service.development.world_map --><path transform="scale({scale})" d="{path}"/></svg>
"""


def content(topology: dict[str, Any]) -> str:
    """The map as SVG; rings that shrink to a point or a line are left out."""
    inhabited = [_unbroken(ring) for ring in _rings(topology) if max(y for _, y in ring) > ANTARCTICA]
    rings = [ring for ring in map(_on_grid, (copy for ring in inhabited for copy in _copies(ring))) if len(ring) > 2]
    return SVG.format(scale=round(1 / STEPS, 5), path="".join(map(_drawn, rings)))


def _rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    arcs = [_positions(topology["transform"], arc) for arc in topology["arcs"]]
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]:
            for ring in polygon:
                yield [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]


def _positions(transform: dict[str, Any], arc: list[list[int]]) -> list[Point]:
    """The longitudes and latitudes of an arc, whose points are stored as differences on a grid."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    columns, rows = accumulate(x for x, _ in arc), accumulate(y for _, y in arc)
    return [(x * scale_x + left, y * scale_y + bottom) for x, y in zip(columns, rows, strict=True)]


def _unbroken(ring: list[Point]) -> list[Point]:
    """The ring without a jump from one edge of the map to the other: its longitudes go on beyond 180 degrees."""
    turns = accumulate(_turn(x - before) for (before, _), (x, _) in zip([ring[0], *ring], ring, strict=False))
    return [(x + turn, y) for (x, y), turn in zip(ring, turns, strict=True)]


def _turn(difference: float) -> int:
    return -360 if difference > 180 else 360 if difference < -180 else 0


def _copies(ring: list[Point]) -> Iterator[list[Point]]:
    """The ring, and where it goes beyond an edge once more at the other; the frame cuts off what is too much."""
    yield ring
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    if west < -180 or east > 180:
        shift = 360 if west < -180 else -360
        yield [(x + shift, y) for x, y in ring]


def _on_grid(ring: list[Point]) -> list[tuple[int, int]]:
    """The ring in steps of the map, without points that are next to the one before."""
    kept: list[tuple[int, int]] = []
    for x, y in ring:
        here = round((min(max(x, -EDGE), EDGE) + 180) * STEPS), round((90 - y) * STEPS)
        if not kept or abs(here[0] - kept[-1][0]) + abs(here[1] - kept[-1][1]) > 1:
            kept.append(here)
    return kept


def _drawn(ring: list[tuple[int, int]]) -> str:
    """The ring as path data, by differences: a minus separates as well as a space."""
    moves = [(x - left, y - top) for (left, top), (x, y) in pairwise(ring)]
    pairs = " ".join(f"{x} {y}" for x, y in moves).replace(" -", "-")
    return f"M{ring[0][0]} {ring[0][1]}l{pairs}z"


if __name__ == "__main__":
    FILE.write_text(content(json.loads(Path(sys.argv[1]).read_text())))
