"""An application that replaces an Express service, and the database that service left."""

import pytest
from mongoengine.connection import get_db

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.express.fixtures import express, forget_imports, run_import
from tests.support.express.service import SECRET

__all__ = ["express", "run_import"]


@pytest.fixture(scope="session")
def replacing_app(app_with, shared_app):
    return app_with(prepared=False, IMPORT_JWT_SECRET=SECRET)


@pytest.fixture
def app(app, replacing_app):
    """The application that accepts the old tokens, on an empty database."""
    forget_imports(get_db())
    services_of(replacing_app).readiness.prepare()
    return replacing_app


@pytest.fixture(params=["in place", "from another database"])
def source_url(request, db_url):
    return db_url if request.param == "in place" else db_url.replace("/test_", "/express_")


@pytest.fixture
def browser(app):
    """Makes a browser that was logged in at the old service, whose cookie had the path `/`."""

    def make(token):
        api = Api(app)
        api.http.set_cookie("refreshToken", token, path="/")
        return api

    return make
