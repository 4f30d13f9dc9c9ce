"""The migrations that come with the service make what an empty database needs, and leave a database in use as it is."""

import pytest
from pymongo import MongoClient

from auth_service.database import indexes, migration_files
from auth_service.database.connection import database_name
from auth_service.database.migrations import Migrations
from auth_service.doctor.database.indexes import compare
from auth_service.documents.guard import ADMINS


@pytest.fixture
def empty(mongod_url, worker_id):
    """An empty database, which is dropped afterwards."""
    url = mongod_url.format(name=f"shipped_{worker_id}")
    with MongoClient(url) as client:
        name = database_name(url)
        client.drop_database(name)
        yield client[name]
        client.drop_database(name)


def run_all(database):
    for file in migration_files.read():
        file.load()(database)


def test_they_make_the_indexes_that_the_documents_declare_and_no_others(empty):
    run_all(empty)
    named = {document._get_collection_name() for document in indexes.DOCUMENTS}
    assert set(empty.list_collection_names()) == named | {"guards"}
    for document in indexes.DOCUMENTS:
        name, declared = document._get_collection_name(), document._meta["index_specs"]
        present = empty[name].index_information()
        assert compare(name, declared, present) == []
        assert len(present) == len(declared) + 1  # that of _id


def test_they_make_the_guard_of_the_admins(empty):
    run_all(empty)
    assert list(empty.guards.find()) == [{"_id": ADMINS, "writes": 0}]


def test_each_is_idempotent_on_a_database_in_use(database, user, admin, clock, db_url):
    names = ("users", "sessions", "guards")
    before = {name: (list(database[name].find()), database[name].index_information()) for name in names}
    for _ in range(2):
        run_all(database)
    assert {name: (list(database[name].find()), database[name].index_information()) for name in names} == before
    assert user.refresh().status_code == user.profile().status_code == 200


def test_the_runner_runs_all_of_them(database, clock, db_url):
    migrations = Migrations(clock=clock, url=db_url)
    assert migrations.pending() == [file.name for file in migration_files.read()]
    migrations.run()
    assert migrations.pending() == []


def test_factors_that_had_collections_of_their_own_work_on(holder, browser_of, database):
    """An account as it was before `0006_factors_of_accounts`."""
    user = database.users.find_one({"email": holder.email})
    (app,), codes = user["secondFactor"]["totp"], user["secondFactor"]["recoveryCodes"]
    database.factors.insert_many(
        [{**app, "userId": user["_id"]}, {"userId": user["_id"], "pendingUntil": holder.clock.now()}]
    )
    database.recovery_codes.insert_one({"_id": user["_id"], "codes": codes})
    database.login_delays.insert_one({"_id": f"factor:{user['_id']}", "failures": 200})
    earlier = {"methods": ["totp"], "since": user["secondFactor"]["since"]}
    database.users.update_one({"_id": user["_id"]}, {"$set": {"secondFactor": earlier}})
    for _ in range(2):
        run_all(database)
    assert database.users.find_one({"email": holder.email}) == user
    assert {"factors", "recovery_codes"}.isdisjoint(database.list_collection_names())
    assert database.login_delays.count_documents({}) == 0
    browser_of(holder).logged_in_by_code()
