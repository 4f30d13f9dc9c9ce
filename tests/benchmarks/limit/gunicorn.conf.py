"""The service's own gunicorn.conf.py, save for what prepares the service."""

import os
from pathlib import Path

exec(compile(Path(os.environ["SERVICE_CONF"]).read_text(), os.environ["SERVICE_CONF"], "exec"))


def post_worker_init(worker):
    """Connect where the service would."""
    __import__("tests.benchmarks.limit.app", fromlist=["app"]).connect()
