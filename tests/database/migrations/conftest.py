"""Folders of migrations, and a runner of them on the test's database."""

from datetime import timedelta

import pytest

from auth_service.database.migrations import Migrations


@pytest.fixture
def database(database):
    """The database without records of migrations; they are put back afterwards."""
    shipped = list(database.migrations.find())
    for name in ("migrations", "locks", "ran"):
        database[name].delete_many({})
    yield database
    for name in ("migrations", "locks", "ran"):
        database[name].delete_many({})
    if shipped:
        database.migrations.insert_many(shipped)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def write(folder):
    """Writes a migration that runs `body` and inserts its name into the collection `ran`."""

    def make(name, body="pass"):
        note = f'database.ran.insert_one({{"name": "{name}"}})'
        (folder / f"{name}.py").write_text(f'"""A migration."""\n\n\ndef up(database):\n    {body}\n    {note}\n')

    return make


@pytest.fixture
def runner(database, folder, clock, db_url):
    """Makes runners: each is what a process of its own would have."""

    def make(lifetime=20):
        return Migrations(clock=clock, url=db_url, folder=folder, lifetime=timedelta(seconds=lifetime))

    return make


@pytest.fixture
def ran(database):
    """The names of the migrations that were run, in the order they were."""
    return lambda: [each["name"] for each in database.ran.find().sort("_id")]
