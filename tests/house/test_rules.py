"""Lint, types and import contracts, by the tools that know them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--config", ".ci/ruff.toml", "."],
        ["ruff", "format", "--check", "--config", ".ci/ruff.toml", "."],
        ["mypy"],
        ["lint-imports"],
        ["bandit", "--quiet", "--recursive", "--ini", "setup.cfg", "auth_service"],
    ],
    ids=["lint", "format", "types", "imports", "security"],
)
def test_the_code_keeps_the_rules_of(command):
    outcome = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_module_opens_with_what_it_is_for():
    silent = [
        str(path)
        for path in (ROOT / "auth_service").rglob("*.py")
        if path.read_text().strip() and not path.read_text().startswith('"""')
    ]
    assert silent == []


def test_init_files_import_nothing():
    for path in (ROOT / "auth_service").rglob("__init__.py"):
        if path.parent.name != "errors":  # the catalogue, whose classes stand in a file for each kind
            assert "import" not in path.read_text()


def test_only_the_settings_read_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "auth_service").rglob("*.py")
        if any(word in path.read_text() for word in ("os.environ", "getenv"))
    }
    assert readers == {
        "auth_service/settings/settings.py",
        "auth_service/serving/__main__.py",
        "auth_service/development/__main__.py",
    }
