"""The migrations that come with the service, on data as they find it; each can be run as often as one likes."""

from datetime import datetime, timedelta, timezone

import pytest
from bson import ObjectId

from auth_service.database import migration_files
from auth_service.database.migrations import Migrations
from auth_service.services.tokens.used_tokens import ROOM

THEN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def migrate(database, clock, db_url):
    """Runs one of them by its number, twice."""

    def run(number):
        (file,) = [each for each in migration_files.read() if each.name.startswith(number)]
        for _ in range(2):
            file.load()(database)

    return run


def test_all_of_them_run_on_a_database_in_use(database, clock, db_url, user):
    Migrations(clock=clock, url=db_url).run()
    assert Migrations(clock=clock, url=db_url).pending() == []
    assert user.refresh().status_code == user.profile().status_code == 200


def test_an_account_without_a_version_can_log_in_again(database, migrate, api):
    api.registered()
    database.users.update_one({}, {"$unset": {"authVersion": 1}})
    assert api.login().status_code == 503
    migrate("0001")
    assert api.login().status_code == 200


def test_a_session_without_a_role_gets_its_users(database, migrate, admin, user):
    database.sessions.update_many({}, {"$unset": {"role": 1}})
    migrate("0002")
    assert admin.get("/users").status_code == 200
    assert user.get("/users").status_code == 403


def test_a_version_or_a_role_that_is_there_stays(database, migrate, admin):
    database.users.update_one({}, {"$set": {"authVersion": 7}})
    before = list(database.sessions.find())
    migrate("0001")
    migrate("0002")
    assert database.users.find_one()["authVersion"] == 7
    assert list(database.sessions.find()) == before


@pytest.mark.parametrize(
    ("collection", "field", "days"),
    [("sessions", "expiresAt", 90), ("refresh_tokens", "expiresAt", 90), ("audit_events", "createdAt", 180)],
)
def test_what_was_never_to_be_purged_is(database, migrate, collection, field, days):
    lacking, old_form = ObjectId(), ObjectId()
    database[collection].insert_many(
        [
            {"_id": lacking, field: THEN, "sessionId": "1", "hash": "1"},
            {"_id": old_form, field: 1.0, "sessionId": "2", "hash": "2"},
        ]
    )
    migrate("0003")
    assert database[collection].find_one({"_id": lacking})["purgeAt"] == THEN + timedelta(days=days)
    assert "purgeAt" not in database[collection].find_one({"_id": old_form})


def test_a_living_session_learns_which_token_works_next(database, migrate, user, clock):
    """As it was when that stood in `refresh_tokens`."""
    session = database.sessions.find_one()
    database.sessions.update_one({}, {"$unset": {"refreshHash": 1, "refreshExpiresAt": 1}})
    of_session = {"sessionId": session["sessionId"], "userId": session["userId"], "purgeAt": session["purgeAt"]}
    times = {"createdAt": session["createdAt"], "expiresAt": session["refreshExpiresAt"]}
    database.refresh_tokens.insert_many(
        [
            {
                "hash": "used",
                "usedAt": session["createdAt"],
                "successor": session["refreshHash"],
                **of_session,
                **times,
            },
            {"hash": session["refreshHash"], **of_session, **times},
        ]
    )
    migrate("0004")
    assert database.sessions.find_one() == session
    for _ in range(ROOM + 1):
        assert user.refresh().status_code == 200
    assert database.refresh_tokens.find_one({"hash": session["refreshHash"]})["usedAt"] is not None
    assert database.refresh_tokens.count_documents({"usedAt": None}) == 0
