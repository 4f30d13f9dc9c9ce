""".env.example holds every variable, its comment and its default."""

import dataclasses
import re
from pathlib import Path

from auth_service.settings.settings import Settings
from tests.support.settings import SECRET

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def example_blocks():
    """The variables of `.env.example` with the lines of comment right above each."""
    comments = []
    for line in EXAMPLE.read_text().splitlines():
        if match := re.fullmatch(r"([A-Z_]+)=.*", line):
            yield match[1], comments
            comments = []
        else:
            comments = [*comments, line] if line.startswith("# ") and not line.startswith("# ---") else []


def test_the_example_holds_exactly_what_the_settings_read_in_their_order():
    assert [name for name, _ in example_blocks()] == Settings.variables()


def test_each_variable_of_the_example_has_one_line_of_comment():
    assert {name: len(comments) for name, comments in example_blocks()} == dict.fromkeys(Settings.variables(), 1)


def test_the_example_is_grouped_as_the_settings_are():
    headings = re.findall(r"^# --- ", EXAMPLE.read_text(), re.MULTILINE)
    assert len(headings) == len(dataclasses.fields(Settings))


def test_the_example_filled_with_what_is_missing_is_valid_and_gives_the_defaults():
    added = {"DB_URL": "mongodb://127.0.0.1:1/nowhere", "JWT_SECRET": SECRET}
    assert Settings.from_env(added, dotenv=str(EXAMPLE)) == Settings.from_env(added, dotenv=None)


def test_the_example_holds_no_secret():
    given = dict(line.split("=", 1) for line in EXAMPLE.read_text().splitlines() if re.match(r"[A-Z_]+=", line))
    assert {given[name] for name in given if "SECRET" in name or name == "ADMIN_PASSWORD"} == {""}
