"""docs/configuration.md and .env.example: `make docs` writes them from the settings groups"""

import dataclasses
import re
from datetime import timedelta

import pytest

from auth_service.development import configuration_page
from auth_service.settings.forms import duration
from auth_service.settings.settings import Settings
from tests.support.server import ROOT
from tests.support.settings import SECRET

EXAMPLE = ROOT / ".env.example"
PAGE = (ROOT / "docs" / "configuration.md").read_text()


def test_the_page_has_the_tables_that_make_docs_writes():
    assert configuration_page.with_tables(PAGE) == PAGE


def test_the_example_is_the_one_that_make_docs_writes():
    assert EXAMPLE.read_text() == configuration_page.example()


def test_the_page_has_one_row_for_each_variable_in_the_order_of_the_settings():
    assert re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE) == Settings.variables()


def test_a_page_without_its_marks_is_left_alone():
    with pytest.raises(ValueError, match="marks"):
        configuration_page.with_tables("# Configuration\n")


def fields():
    return [field for group in dataclasses.fields(Settings) for field in dataclasses.fields(group.type)]


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.metadata["name"])
def test_each_variable_is_described_in_one_sentence(field):
    assert re.fullmatch(r"[A-Z][^|\n]+\.", field.metadata["about"])


def example_blocks():
    """The variables of `.env.example` with the lines of comment right above each."""
    comments = []
    for line in EXAMPLE.read_text().splitlines():
        if match := re.fullmatch(r"([A-Z_]+)=.*", line):
            yield match[1], comments
            comments = []
        else:
            comments = [*comments, line] if line.startswith("# ") and not line.startswith("# ---") else []


def test_the_example_has_one_line_of_comment_for_each_variable():
    assert {name: len(comments) for name, comments in example_blocks()} == dict.fromkeys(Settings.variables(), 1)


def test_no_line_of_the_example_is_longer_than_a_line_of_code():
    assert [line for line in EXAMPLE.read_text().splitlines() if len(line) > 120] == []


def test_the_example_filled_with_what_is_missing_is_valid_and_gives_the_defaults():
    added = {"DB_URL": "mongodb://127.0.0.1:1/nowhere", "JWT_SECRET": SECRET}
    assert Settings.from_env(added, dotenv=str(EXAMPLE)) == Settings.from_env(added, dotenv=None)


def test_the_example_holds_no_secret():
    given = dict(line.split("=", 1) for line in EXAMPLE.read_text().splitlines() if re.match(r"[A-Z_]+=", line))
    assert {given[name] for name in given if "SECRET" in name or name == "ADMIN_PASSWORD"} == {""}


@pytest.mark.parametrize("text", ["0", "90s", "5m", "90m", "12h", "14d", "30d", "25h"])
def test_a_duration_is_written_as_it_is_read(text):
    length = duration(zero=True).parse(text)
    assert duration(zero=True).parse(configuration_page.in_words(length)) == length
    assert len(configuration_page.in_words(length)) <= len(text)


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), ((), ""), (True, "true"), (False, "false"), (0, "0"), ("strict", "strict"), (timedelta(0), "0")],
)
def test_a_value_is_written_as_a_variable_has_it(value, words):
    assert configuration_page.in_words(value) == words
