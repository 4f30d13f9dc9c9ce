"""docs/security.md names tests that exist, and leaves nothing open."""

import ast
import re
from functools import cache

import pytest

from tests.support.server import ROOT

CHAPTERS = {2, 3, 4, 6, 7, 8, 9, 11, 13, 14, 16}
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`([^`\s]*::[^`]*)`", PAGE)))
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+", line)
]


@cache
def functions(path):
    """The names of the test functions in the file at `path`."""
    file = ROOT / path
    assert file.is_file(), f"there is no {path}"
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", NAMED)
def test_the_test_exists(name):
    path, _, function = name.partition("::")
    assert path.startswith("tests/")
    assert function.startswith("test_")
    assert function in functions(path)


def test_nothing_is_left_open():
    assert "TODO" not in PAGE


def test_every_row_has_a_requirement_a_way_and_a_test_or_a_reason():
    for row in ROWS:
        assert len(row) == 4, row
        assert all(row), row
        assert re.search(r"::|^no test: ", row[3]), row


def test_every_chapter_that_applies_is_there_and_no_requirement_twice():
    numbers = [number for row in ROWS for number in row[0].split(", ")]
    assert {int(number.split(".")[0]) for number in numbers} == CHAPTERS
    assert sorted(numbers) == sorted(set(numbers))
