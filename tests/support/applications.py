"""Applications of the tests: with an environment of their own, prepared or not, or without a database."""

import contextlib
import threading
from dataclasses import replace

from pymongo.errors import ConnectionFailure, PyMongoError

from auth_service.app import create_app
from auth_service.monitoring.readiness import Readiness
from auth_service.settings.settings import Settings
from tests.support.settings import environment

TRIES = 3


def services_of(app):
    return app.extensions["auth_service"].services


def build_app(*, clock, prepared=True, **variables):
    """An application with these environment variables; `prepared`: its database is made ready."""
    app = create_app(Settings.from_env(environment(**variables), dotenv=None), clock=clock)
    if prepared:
        _prepare(services_of(app).readiness)
    return app


def _prepare(readiness):
    """As often as a busy machine needs: the service tries again, too."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(PyMongoError):
            return readiness.prepare()
    return readiness.prepare()


@contextlib.contextmanager
def without_database(app):
    """Gives `app` a database that does not answer, until the end."""
    over = threading.Event()

    def fail():
        if not over.is_set():
            raise ConnectionFailure("away")

    extension = app.extensions["auth_service"]
    readiness = Readiness(prepare=fail, ping=fail)
    app.extensions["auth_service"] = replace(extension, services=replace(extension.services, readiness=readiness))
    yield app
    over.set()
