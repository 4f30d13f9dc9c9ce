"""The samples of one campaign, a line each, so that one that was broken off goes on where it was."""

import hashlib
import json
from pathlib import Path

from tests.support.server import ROOT

MEASURED = ("auth_service", "tests/benchmarks", "tests/support", "gunicorn.conf.py", "wsgi.py", "requirements.txt")
SUFFIXES = {".py", ".lua", ".txt"}
ONLY_SHOW = {"report.py", "figures.py", "plots.py"}


class Journal:
    """Samples by their key; those of other code or another plan are thrown away, unless they are only to be `shown`.

    `before` is the other checkout that is measured, and its interpreter, or `None`.
    """

    def __init__(self, path, plan, before=None, *, fresh=False, shown=False):
        self.path = Path(path)
        self.samples = {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        head = {"code": fingerprint(ROOT), "plan": repr(plan)}
        if before:
            head["before"] = fingerprint(before[0])
        lines = [] if fresh or not self.path.exists() else self.path.read_text().splitlines()
        if lines and (shown or json.loads(lines[0]) == head):
            for line in lines[1:]:
                self._take(line)
        else:
            self.path.write_text(json.dumps(head) + "\n")

    def __contains__(self, key):
        return tuple(key) in self.samples

    def add(self, key, sample):
        with self.path.open("a") as file:
            file.write(json.dumps({"key": key, **sample}) + "\n")
        self.samples[tuple(key)] = sample

    def _take(self, line):
        try:
            sample = json.loads(line)
        except ValueError:
            return  # broken off in the middle of it
        self.samples[tuple(sample.pop("key"))] = sample


def fingerprint(root):
    """What was measured with what: a hash of the sources."""
    digest = hashlib.sha256()
    for name in MEASURED:
        top = root / name
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.suffix in SUFFIXES)
        for path in (path for path in files if path.name not in ONLY_SHOW):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
