"""The configurations and programs of docs/verify.md, as they stand there."""

import re

from tests.support.server import ROOT

PAGE = (ROOT / "docs" / "verify.md").read_text()


def block(heading):
    """The first block of code below this heading."""
    section = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, f"docs/verify.md has no heading {heading}"
    return re.search(r"^```[a-z]*\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)[1]


def adapted(text, exchanges):
    """The text with other names and ports; each exchange must find something."""
    for pattern, replacement in exchanges:
        text, found = re.subn(pattern, replacement, text)
        assert found, f"docs/verify.md has no {pattern} any more"
    return text
