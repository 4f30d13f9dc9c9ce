"""A program that ends by an unexpected exception names it and its lines, and repeats none of its text."""

import subprocess
import sys

from tests.support.server import ROOT

ADDRESS = "ada@example.com"


def test_an_exception_that_ends_a_command_is_printed_without_its_text():
    program = "import sys; from auth_service.web.log.setup import end_without_values as end; end(); {}[sys.argv[1]]"
    ended = subprocess.run([sys.executable, "-c", program, ADDRESS], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
    assert "KeyError" in ended.stderr
    assert ADDRESS not in ended.stderr
