"""Runs `doctor` and reads its report."""

import re

import pytest

from tests.support import shell
from tests.support.express.fixtures import express, run_import, source_url

__all__ = ["doctor", "express", "run_import", "source_url"]

LINE = re.compile(r"(ok|warning|problem|FAILED) +([^:]+): (.+)")


class Report:
    """What one run said: its exit code and its findings, as `(level, check, sentence)`."""

    def __init__(self, code, output, errors):
        self.code, self.errors = code, errors
        matches = [LINE.fullmatch(line) for line in output.splitlines()]
        assert matches, errors
        assert all(matches), output
        self.findings = [match.groups() for match in matches]

    def at(self, *levels):
        return {check for level, check, _ in self.findings if level in levels}

    def sentences(self, check):
        return " ".join(sentence for _, named, sentence in self.findings if named == check)


@pytest.fixture
def doctor(app, app_with, db_url, tmp_path):
    """Runs `doctor …` on the test's database: an application of its own; for another database a process."""

    def process(arguments, variables):
        return shell.run("doctor", *arguments, folder=tmp_path, **variables)

    def run(*arguments, **changes):
        if "DB_URL" in changes or arguments:
            outcome = process(arguments, {"DB_URL": db_url, **changes})
            assert "Traceback" not in outcome.stderr
            return Report(outcome.returncode, outcome.stdout, outcome.stderr)
        outcome = app_with(prepared=False, **changes).test_cli_runner().invoke(args=["doctor"])
        return Report(outcome.exit_code, outcome.stdout, outcome.stderr)

    return run
