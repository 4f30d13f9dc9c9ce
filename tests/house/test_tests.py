"""The tests keep rules of their own: none builds on another, none measures time, none is large."""

import ast
from pathlib import Path

import pytest

from tests.support.server import ROOT

TESTS = ROOT / "tests"
FILES = sorted(TESTS.rglob("*.py"))
LARGEST_FILE = 320  # lines
LARGEST_CONFTEST = 150
LARGEST_FOLDER = 16  # files
STOPWATCHES = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "elapsed"}


def imported(file):
    """The modules that `file` imports, and the names it takes from them, as dotted paths."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_a_test(dotted):
    package, *parts = dotted.split(".")
    return package == "tests" and any(part.startswith("test_") or part == "conftest" for part in parts)


def lines_of(file):
    return len(file.read_text().splitlines())


def short(path):
    return str(path.relative_to(ROOT))


def test_no_test_imports_from_a_test_or_a_conftest():
    assert [short(file) for file in FILES if any(map(names_a_test, imported(file)))] == []


def test_no_file_is_large():
    limits = {file: LARGEST_CONFTEST if file.name == "conftest.py" else LARGEST_FILE for file in FILES}
    assert {short(file): lines_of(file) for file, limit in limits.items() if lines_of(file) > limit} == {}


def test_no_folder_has_many_files():
    folders = {file.parent for file in FILES}
    counts = {short(folder): len([each for each in folder.iterdir() if each.is_file()]) for folder in folders}
    assert {folder: count for folder, count in counts.items() if count > LARGEST_FOLDER} == {}


def measures_time(file):
    nodes = ast.walk(ast.parse(file.read_text()))
    return any(isinstance(node, ast.Attribute) and node.attr in STOPWATCHES for node in nodes)


@pytest.mark.parametrize("folder", sorted({file.parent for file in FILES if file.name.startswith("test_")}), ids=short)
def test_no_test_measures_time(folder: Path):
    """How long something took depends on the machine; benchmarks measure it, and `wait_until` gives up generously."""
    assert [file.name for file in folder.glob("test_*.py") if measures_time(file)] == []
