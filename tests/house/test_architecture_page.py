"""ARCHITECTURE.md and docs/decisions stay short, name tests that exist and describe the rooms that there are."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.server import ROOT

PAGE = (ROOT / "ARCHITECTURE.md").read_text()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
INDEX = (ROOT / "docs" / "decisions" / "README.md").read_text()
TESTS = re.compile(r"`(tests/[^`\s]*)::(test_[^`\s]*)`")
INVARIANT = re.compile(r"^ ?\d+\. No ", re.MULTILINE)


def test_the_architecture_can_be_read_in_ten_minutes():
    assert len(PAGE.split()) <= 1800
    assert len(PAGE.splitlines()) <= 260


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_names_what_holds_it(page):
    text = page.read_text()
    assert len(text.split()) <= 250
    for heading in ("**Decided.**", "**Why.**", "**Turned down.**", "**Bound.**", "**Tests.**"):
        assert heading in text
    assert TESTS.search(text)


def test_every_decision_has_its_number_and_a_line_in_the_index():
    assert [int(page.name[:2]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        title = page.read_text().splitlines()[0].removeprefix(f"# {int(page.name[:2])}. ")
        assert f"{int(page.name[:2])}. [{title}]({page.name})" in INDEX


@pytest.mark.parametrize("page", [ROOT / "ARCHITECTURE.md", *DECISIONS], ids=lambda page: page.stem)
def test_every_test_that_is_named_exists(page):
    for path, function in TESTS.findall(page.read_text()):
        assert (ROOT / path).is_file(), f"there is no {path}"
        tree = ast.parse((ROOT / path).read_text())
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_of_the_ten_invariants_names_its_test():
    chapter = PAGE.split("\n## Invariants\n")[1].split("\n## ")[0]
    assert len(INVARIANT.findall(chapter)) == len(TESTS.findall(chapter)) == 10


def test_the_rooms_of_the_page_are_the_rooms_there_are():
    described = set(re.findall(r"^\| `([a-z_/]+)/` \|", PAGE, re.MULTILINE))
    package = ROOT / "auth_service"
    folders = {each.parent.relative_to(package).as_posix() for each in package.rglob("__init__.py")} - {"."}
    features = {folder for folder in folders if folder.startswith("api/")}
    checks = {folder for folder in folders if folder.startswith("doctor/")}
    assert described == folders - features - checks
    assert all(f"`{Path(folder).name}`" in PAGE for folder in features | checks)
