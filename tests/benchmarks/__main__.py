"""`make bench`: measures the service, its peers and the limits in one run, and writes docs/benchmarks.md.

What was measured is kept in instance/benchmarks: a run that was broken off goes on where it was, as long as the code is
the same. `--quick` is a short look on fewer samples, and writes its document beside them instead. `--before` names
another checkout of this project (`git worktree add`), which is measured in turn with this one.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from auth_service.development.mongod import Mongod, MongodUnavailable
from tests.benchmarks import FAST, load
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.commands import PEERS_BIN
from tests.benchmarks.far import Far
from tests.benchmarks.journal import Journal
from tests.benchmarks.plan import FULL, QUICK
from tests.benchmarks.report import written
from tests.support.server import ROOT

KEPT = ROOT / "instance" / "benchmarks"


def main():
    options = parsed()
    signal.signal(signal.SIGTERM, ended)
    if missing := [text for text in (missing_wrk(), missing_peers()) if text]:
        print("\n".join(missing), file=sys.stderr)
        return 1
    plan = QUICK if options.quick else FULL
    before = (options.before, options.before_python) if options.before else None
    journal = Journal(KEPT / f"{plan.name}.jsonl", plan, before, fresh=options.fresh, shown=options.report)
    complete = options.report or measured(plan, journal, before)
    document = ROOT / "docs" / "benchmarks.md" if plan is FULL and complete else KEPT / f"{plan.name}.md"
    reached = written(document, journal, plan)
    plots = [PEERS_BIN / "python", Path(__file__).with_name("plots.py"), journal.path, document.with_suffix("")]
    subprocess.run(plots, check=True, cwd=ROOT)
    print(f"\n{document.relative_to(ROOT)} is written")
    return 0 if complete and reached else 1


def parsed():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about six minutes")
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the document anew")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="another checkout of this project, to compare")
    parser.add_argument(
        "--before-python", type=Path, metavar="PYTHON", help="its interpreter; CHECKOUT/.venv/bin/python"
    )
    options = parser.parse_args()
    if options.before and not options.before_python:
        options.before_python = options.before.resolve() / ".venv" / "bin" / "python"
    return options


def measured(plan, journal, before):
    """Whether there was time for everything."""
    try:
        with (
            tempfile.TemporaryDirectory(
                prefix="auth_service_bench_", dir=FAST if Path(FAST).is_dir() else None
            ) as name,
            Mongod(Path(name) / "mongodb") as mongod,
            Far(mongod) as far,
        ):
            return Campaign(plan, journal, mongod, far, name, before).run()
    except MongodUnavailable as error:
        sys.exit(str(error))


def missing_wrk():
    return None if load.is_installed() else load.MISSING


def missing_peers():
    return None if (PEERS_BIN / "uvicorn").exists() else "the peers are not installed: make bench does it"


def ended(number, frame):
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
