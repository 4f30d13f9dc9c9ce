"""One real mongod for the whole run, one database a worker, one application a database; nothing is mocked."""

import tempfile
from pathlib import Path

import pytest
from mongoengine.connection import get_db

from auth_service.bootstrap.operations import build_operations
from auth_service.database.circuit import circuit
from auth_service.development.mongod import Mongod, MongodUnavailable
from tests.support.api import Api
from tests.support.applications import build_app, services_of, without_database
from tests.support.browser.chromium import CHROMIUM, MISSING
from tests.support.clock import MovableClock
from tests.support.replay import Replay

pytest_plugins = [f"tests.support.{each}.fixtures" for each in ("mail", "factors", "browser")]

FAST = "/dev/shm"  # memory, where there is such a thing: the durability of a disk is not what is tested
MONGOD = pytest.StashKey[Mongod]()
FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config):
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    config.stash[FOLDER] = tempfile.TemporaryDirectory(
        prefix="auth_service_tests_", dir=FAST if Path(FAST).is_dir() else None
    )
    config.stash[MONGOD] = Mongod(Path(config.stash[FOLDER].name) / "mongodb")
    try:
        config.stash[MONGOD].start()
    except MongodUnavailable as error:
        pytest.exit(str(error), returncode=1)


def pytest_unconfigure(config):
    if MONGOD in config.stash:
        config.stash[MONGOD].stop()
        config.stash[FOLDER].cleanup()


def pytest_terminal_summary(terminalreporter):
    if CHROMIUM is None:
        terminalreporter.write_line(MISSING, yellow=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["mongod_port"] = node.config.stash[MONGOD].port


@pytest.fixture(scope="session")
def mongod_url(request):
    """Where the run's mongod listens; `{name}` stands for the database."""
    config = request.config
    port = config.workerinput["mongod_port"] if hasattr(config, "workerinput") else config.stash[MONGOD].port
    return f"mongodb://127.0.0.1:{port}/{{name}}?replicaSet=rs0"


@pytest.fixture(scope="session")
def db_url(mongod_url, worker_id):
    """The database of this test worker."""
    return mongod_url.format(name=f"test_{worker_id}")


@pytest.fixture(scope="session")
def clock():
    return MovableClock()


@pytest.fixture(scope="session")
def app_with(db_url, clock):
    """Makes an application on the test's database with environment variables of its own; see `build_app`."""
    return lambda **variables: build_app(clock=clock, **{"DB_URL": db_url, **variables})


@pytest.fixture(scope="session")
def shared_app(app_with):
    return app_with()


@pytest.fixture
def app(shared_app, clock):
    """The application on an empty, prepared database, and the present time."""
    clock.reset()
    circuit.close()  # the client is shared, and so is what another test made of it
    kept = ("users", "sessions", "codes", "signing_keys", "mails", "audit_events", "progress")
    for name in (*kept, "factors", "recovery_codes"):
        get_db()[name].delete_many({})
    return shared_app


@pytest.fixture
def unprepared_app(app_with):
    """An application whose database is never ready while the test runs."""
    with without_database(app_with(prepared=False)) as app:
        yield app


@pytest.fixture
def services(app):
    return services_of(app)


@pytest.fixture
def operations(app):
    """What the operator's commands work with."""
    extension = app.extensions["auth_service"]
    return build_operations(extension.settings, extension.services)


@pytest.fixture
def database(app):
    """The database behind `app`, to look at what was stored."""
    return get_db()


@pytest.fixture
def api(app):
    """A client with a cookie jar of its own, not logged in."""
    return Api(app)


@pytest.fixture
def new_api(app):
    """Makes further clients: other browsers, other people."""
    return lambda: Api(app)


@pytest.fixture(scope="session")
def replay():
    return Replay()


@pytest.fixture
def user(new_api, app, shared_app, replay):
    """A client logged in as a plain user."""
    email = "user@example.com"
    return replay.logged_in(new_api(), email) if app is shared_app else new_api().registered(email).logged_in()


@pytest.fixture
def admin(new_api, services):
    """A client logged in as an admin."""
    api = new_api().called("admin@example.com")
    services.seeding.seed_admin(email=api.email, password=api.password)
    return api.logged_in()
