"""The README and docs/ are complete, and their links lead somewhere."""

import re
from functools import cache

import pytest

from auth_service.commands import cli
from tests.support.errors import every_refusal
from tests.support.server import ROOT

README = (ROOT / "README.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
DEVELOPING = (ROOT / "docs" / "developing.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
UNLISTED = {"/docs/assets/<path:name>", "/assets/<version>/<path:name>"}


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150
    assert len(README.split()) <= 1300


def test_every_error_has_its_row_on_the_page_of_the_api_and_no_other_has():
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", API, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert {(code, int(status)) for code, status in rows} == {(code, status) for code, status, _ in every_refusal()}


def endpoints(app):
    """`METHOD path` of every route, its parameters without names."""
    return {
        f"{method} {re.sub('<.*?>', '<>', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule not in UNLISTED
    }


def test_every_endpoint_has_its_row_in_the_readme_and_no_other_has(app):
    rows = re.findall(r"^\| ([A-Z, ]+) \| (.*?) \|", README, re.MULTILINE)
    methods_and_paths = [(methods.split(", "), re.findall(r"`(.*?)`", paths)) for methods, paths in rows]
    listed = {f"{method} {path}" for methods, paths in methods_and_paths for method in methods for path in paths}
    assert {re.sub("<.*?>", "<>", each) for each in listed} == endpoints(app)


def test_every_endpoint_has_its_row_on_the_page_of_the_api(app):
    listed = re.findall(r"^\| `([A-Z]+ /.*?)` \|", API, re.MULTILINE)
    documents = {"GET /docs", "GET /openapi.json"}
    assert {re.sub("<.*?>", "<>", each) for each in listed} | documents == endpoints(app)


@pytest.mark.parametrize("name", sorted(cli.MODULES))
def test_every_command_is_on_the_page_of_commands(name):
    assert re.search(rf"^\| `{name}[ `]", COMMANDS, re.MULTILINE)


def test_every_target_of_make_is_on_the_page_for_developers():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert [target for target in targets if f"`make {target}`" not in DEVELOPING] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_runs_a_command_in_the_one_way_that_reads_the_variables_of_the_server(page):
    text = page.read_text()
    named = set(re.findall(r"flask (?:--app wsgi )?([a-z-]+)", text)) & set(cli.MODULES)
    assert named <= ({"users"} if page.name == "commands.md" else set())  # the page that says what `flask` does


@cache
def anchors(path):
    """The anchors of the headings of a page, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" not in target:
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            assert file.exists(), target
            assert not anchor or anchor in anchors(file.resolve()), target
