"""An application that replaces an Express service, and the database that service left."""

import pytest
from mongoengine.connection import get_connection, get_db

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.express import SECRET, Express

LEFT = ("imports", "imported_users", "refreshtokens")


@pytest.fixture(scope="session")
def replacing_app(app_with, shared_app):
    return app_with(prepared=False, IMPORT_JWT_SECRET=SECRET)


@pytest.fixture
def app(app, replacing_app):
    """The application that accepts the old tokens, on an empty database."""
    for name in LEFT:
        get_db()[name].delete_many({})
    services_of(replacing_app).readiness.prepare()
    return replacing_app


@pytest.fixture(params=["in place", "from another database"])
def source_url(request, db_url):
    return db_url if request.param == "in place" else db_url.replace("/test_", "/express_")


@pytest.fixture
def express(app, source_url, clock):
    """The old service's database: the present one's or another."""
    name = source_url.rpartition("/")[2].partition("?")[0]
    database = get_connection()[name]
    yield Express(database, now=clock.now)
    for left in LEFT:
        get_db()[left].delete_many({})
    if name.startswith("express_"):
        get_connection().drop_database(name)


@pytest.fixture
def run_import(operations, source_url):
    """Imports, and returns the report."""
    return lambda: operations.node_import.run(source_url)


@pytest.fixture
def browser(app):
    """Makes a browser that was logged in at the old service, whose cookie had the path `/`."""

    def make(token):
        api = Api(app)
        api.http.set_cookie("refreshToken", token, path="/")
        return api

    return make
