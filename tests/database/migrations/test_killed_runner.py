"""A killed runner blocks the others until its lease expires, and no longer."""

import os
import subprocess
import sys

from auth_service.development.mongod import die_with_parent
from tests.support.server import ROOT, wait_until

LIFETIME = 1.5  # seconds
CODE = """
import sys
from datetime import timedelta
from pathlib import Path
from auth_service.clock import SystemClock
from auth_service.database.migrations import Migrations
url, folder, lifetime = sys.argv[1:]
Migrations(clock=SystemClock(), url=url, folder=Path(folder), lifetime=timedelta(seconds=float(lifetime))).run()
"""


def test_the_next_goes_on_once_the_lease_has_expired(write, runner, ran, database, folder, db_url):
    write("0001_first")
    write("0002_endless", "database.ran.insert_one({'name': 'begun'}); import time; time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, db_url, str(folder), str(LIFETIME)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        preexec_fn=die_with_parent,
    )
    try:
        wait_until(lambda: "begun" in ran(), 20)
    finally:
        process.kill()
        process.wait()
    write("0002_endless")
    runner(LIFETIME).run()
    assert ran() == ["0001_first", "begun", "0002_endless"]
    assert database.migrations.count_documents({}) == 2
