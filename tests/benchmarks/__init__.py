"""Measures the service as it ships: a real mongod, gunicorn's own settings, bcrypt at cost 12, real HTTP."""

import contextlib
import io
import tempfile
from pathlib import Path

from auth_service.development.mongod import Mongod
from tests.support.server import Server

FAST = "/dev/shm"  # memory, where there is such a thing: not the disk is measured
SHIPPED = {"BCRYPT_ROUNDS": 12, "WEB_THREADS": None, "LOG_LEVEL": None}


@contextlib.contextmanager
def running_database():
    """The mongod and the URL of a database in it."""
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        Mongod(Path(folder) / "mongodb") as mongod,
    ):
        yield mongod, mongod.url.replace("/?", "/benchmark?")


def server_on(url, **variables):
    """The server, without limits and delays, which would end a flood."""
    return SilentServer(DB_URL=url, **{**SHIPPED, **variables})


@contextlib.contextmanager
def running_service(**variables):
    """The server and the URL of its database."""
    with running_database() as (_, url), server_on(url, **variables) as server:
        yield server, url


class SilentServer(Server):
    """Keeps its log out of the figures."""

    def stop(self):
        with contextlib.redirect_stdout(io.StringIO()):
            super().stop()
