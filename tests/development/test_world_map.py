"""`python -m auth_service.development.world_map`"""

import re

from auth_service.development import world_map

# Two squares of 10 degrees: one at the corner of 10 east, 20 north, one across the 180th meridian; and Antarctica.
SQUARE = [[10, 20], [10, 0], [0, 10], [-10, 0], [0, -10]]
ACROSS = [[175, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
SOUTH = [[0, -80], [10, 0], [0, 10], [-10, 0], [0, -10]]
WORLD = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [SQUARE, ACROSS, SOUTH],
    "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0]], [[~1]], [[2]]]}]}},
}


def corners(svg):
    """The first corner of each ring, in degrees of the map."""
    return [(int(x) / world_map.STEPS, int(y) / world_map.STEPS) for x, y in re.findall(r"M(-?\d+) (-?\d+)", svg)]


def test_a_place_is_at_its_longitude_and_latitude():
    assert corners(world_map.content(WORLD))[0] == (180 + 10, 90 - 20)


def test_land_across_the_edge_is_drawn_at_both():
    assert len(corners(world_map.content(WORLD))) == 3


def test_the_committed_map_is_one_that_the_script_writes():
    svg = world_map.FILE.read_text()
    assert svg.startswith(world_map.SVG.split("{")[0])
    assert re.fullmatch(r"[M\d l\-z]+", re.search(r' d="(.*?)"', svg)[1])
