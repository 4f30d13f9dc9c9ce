"""`privacy`, as cron runs it each night: what it coarsens, and that it reads what is new and nothing else."""

from datetime import timedelta

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from auth_service.services.audit import privacy as module
from tests.support.commands import profiled, recorded_commands

ADDRESSES = {
    "203.0.113.77": "203.0.113.0",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1::",
    "::ffff:203.0.113.77": "203.0.113.0",
    "10.1.2.0": "10.1.2.0",
    "unknown": "unknown",
}


@pytest.fixture
def privacy(app, app_with):
    """Runs the command with these settings."""
    return lambda **variables: app_with(prepared=False, **variables).test_cli_runner().invoke(args=["privacy"])


@pytest.fixture
def events(services, database):
    """Writes events of an age, one for each address, and reads their addresses again."""

    def write(*, days, copies=1):
        moment = services.clock.now() - timedelta(days=days)
        pattern = {"createdAt": moment, "type": "login", "outcome": "success", "purgeAt": moment + timedelta(days=900)}
        database.audit_events.insert_many(
            [{**pattern, "_id": ObjectId(), "ip": ip} for ip in ADDRESSES for _ in range(copies)]
        )

    return write


def addresses(database):
    return [event["ip"] for event in database.audit_events.find().sort("_id", 1)]


def test_privacy_truncates_the_addresses_of_old_events_alone_and_says_how_many(privacy, events, database):
    events(days=91)
    events(days=89)
    told = privacy().stdout
    assert "3 audit events older than 90 days have truncated addresses now" in told
    assert addresses(database) == [*ADDRESSES.values(), *ADDRESSES]
    assert "0 audit events" in privacy().stdout
    assert "3 audit events older than 30 days" in privacy(GEO_PRIVACY_DAYS=30).stdout


def test_privacy_works_in_batches_also_where_many_events_are_of_one_moment(events, operations, database):
    events(days=120, copies=301)
    assert operations.privacy.coarsen().events == 3 * 301
    assert set(addresses(database)) == set(ADDRESSES.values())
    assert operations.privacy.coarsen().events == 0


def test_privacy_ends_sessions_that_ran_out_and_forgets_where_accounts_were(user, operations, database, clock):
    database.users.update_one({}, {"$set": {"lastPlace": {"coordinates": [1.0, 2.0], "at": clock.now()}}})
    assert operations.privacy.coarsen() == type(operations.privacy.coarsen())(events=0, sessions=0, places=0)
    clock.advance(days=15)
    done = operations.privacy.coarsen()
    assert (done.sessions, done.places) == (1, 1)
    assert database.sessions.find_one()["ip"] == "127.0.0.0"
    assert "lastPlace" not in database.users.find_one()


# each night


def examined(database, operations):
    """How many events a run reads, and how many it changes."""
    with profiled(database, {"ns": f"{database.name}.audit_events", "op": {"$in": ["query", "getmore"]}}) as seen:
        changed = operations.privacy.coarsen().events
    return sum(each["docsExamined"] for each in seen), changed


def test_a_night_reads_the_events_that_became_old_since_the_last_one(events, operations, database, clock):
    events(days=120, copies=101)
    events(days=88)
    assert examined(database, operations) == (5 * 101, 3 * 101)
    assert examined(database, operations) == (0, 0)
    clock.advance(days=3)
    assert examined(database, operations) == (5, 3)
    assert set(addresses(database)) == set(ADDRESSES.values())


def test_a_night_without_new_events_asks_for_the_position_and_for_what_follows(events, operations):
    events(days=120)
    operations.privacy.coarsen()
    with recorded_commands() as commands:
        operations.privacy.coarsen()
    assert commands == [("find", "progress"), ("find", "audit_events"), ("find", "sessions"), ("find", "users")]


def test_a_run_that_is_interrupted_is_continued_where_it_stopped(events, operations, database, monkeypatch):
    events(days=120, copies=301)
    batches = []

    def interrupted(limit, after, go_on=module._next_events):
        if len(batches) == 2:
            raise AutoReconnect
        batches.append(go_on(limit, after))
        return batches[-1]

    with monkeypatch.context() as patch:
        patch.setattr(module, "_next_events", interrupted)
        with pytest.raises(AutoReconnect):
            operations.privacy.coarsen()
    assert examined(database, operations)[0] == 5 * 301 - 2 * module.BATCH
    assert set(addresses(database)) == set(ADDRESSES.values())


def test_where_addresses_are_truncated_at_once_an_event_that_is_written_late_is_not_missed(
    app_with, events, database, clock
):
    run = app_with(GEO_PRIVACY_DAYS=0).test_cli_runner()
    clock.advance(seconds=1)
    events(days=0.001)
    assert "3 audit events" in run.invoke(args=["privacy"]).stdout
    events(days=0.01)
    assert "3 audit events" in run.invoke(args=["privacy"]).stdout
    assert "0 audit events" in run.invoke(args=["privacy"]).stdout


def test_a_shorter_time_truncates_what_is_older_than_it_from_the_next_run_on(privacy, events):
    events(days=50)
    events(days=120)
    assert "3 audit events" in privacy().stdout
    assert "3 audit events" in privacy(GEO_PRIVACY_DAYS=30).stdout
    assert "0 audit events" in privacy(GEO_PRIVACY_DAYS=30).stdout
