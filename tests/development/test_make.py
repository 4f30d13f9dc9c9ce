"""The Makefile before anything is installed."""

import shutil
import subprocess
import sys

import pytest

from tests.support.server import ROOT

SENTENCE = "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"


@pytest.fixture
def clone(tmp_path):
    """A folder with a Makefile, and another with the programs that it may find: a shell and make."""
    (tmp_path / "bin").mkdir()
    for program in ("sh", "make"):
        (tmp_path / "bin" / program).symlink_to(shutil.which(program))
    (tmp_path / "clone").mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-run.txt", "requirements-dev.txt"):
        shutil.copy2(ROOT / name, tmp_path / "clone")
    return tmp_path / "clone"


def make(clone, *arguments):
    environ = {"PATH": str(clone.parent / "bin")}
    return subprocess.run(["make", *arguments], cwd=clone, env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("target", ["run", "test", "flask"])
@pytest.mark.parametrize(
    "python", [(), ("PYTHON=/nowhere/python3",), (f"PYTHON={shutil.which('false')}",)], ids=["none", "gone", "old"]
)
def test_without_a_python_that_is_new_enough_there_is_one_sentence(clone, target, python):
    refused = make(clone, target, *python)
    assert refused.returncode == 2
    said = [line for line in refused.stderr.splitlines() if not line.startswith("make: ")]
    assert (said, refused.stdout) == ([SENTENCE], "")
    assert not (clone / ".venv").exists()


def test_a_python_that_is_new_enough_is_taken_whatever_its_name(clone):
    tried = make(clone, "--dry-run", "run", f"PYTHON={sys.executable}")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert f"{sys.executable} -m venv .venv" in tried.stdout
    assert "requirements-dev.txt" not in tried.stdout


def test_what_only_tests_need_is_installed_for_the_tests(clone):
    tried = make(clone, "--dry-run", "test", f"PYTHON={sys.executable}")
    assert tried.stdout.index("requirements-run.txt") < tried.stdout.index("requirements-dev.txt")
