"""The database an Express service left, the service's own or another, and its import."""

import pytest
from mongoengine.connection import get_connection

from tests.support.express.service import Express

LEFT = ("imports", "imported_users", "refreshtokens")


def forget_imports(database):
    """Remove what Express and an import left in `database`."""
    for name in LEFT:
        database[name].delete_many({})


@pytest.fixture
def source_url(db_url):
    """Where Express left its data: by default in the database of this service."""
    return db_url


@pytest.fixture
def express(database, source_url, clock):
    """What an Express service left in the database at `source_url`."""
    name = source_url.rpartition("/")[2].partition("?")[0]
    forget_imports(database)
    yield Express(get_connection()[name], now=clock.now)
    forget_imports(database)
    if name != database.name:
        get_connection().drop_database(name)


@pytest.fixture
def run_import(operations, source_url):
    """Imports, and returns the report."""
    return lambda: operations.node_import.run(source_url)
