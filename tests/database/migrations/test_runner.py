"""Running migrations: in order, once, recorded, by one process at a time."""

import pytest

from auth_service.database.migrations import MigrationFailed, State
from tests.support.parallel import at_once

FIRST, SECOND, THIRD = "0001_first", "0002_second", "0003_third"


def states(runner):
    return {each.name: each.state for each in runner.status()}


def test_they_run_in_the_order_of_their_numbers_and_once(write, runner, ran):
    for name in (SECOND, THIRD, FIRST):
        write(name)
    assert runner().pending() == [FIRST, SECOND, THIRD]
    for _ in range(2):
        runner().run()
    assert ran() == [FIRST, SECOND, THIRD]
    assert runner().pending() == []


def test_each_is_recorded_with_its_time_and_its_checksum(write, runner, database, clock):
    write(FIRST)
    clock.freeze()
    runner().run()
    (record,) = database.migrations.find()
    assert (record["_id"], record["ranAt"], len(record["checksum"])) == (FIRST, clock.now(), 64)
    assert record["seconds"] >= 0


def test_a_new_one_runs_alone(write, runner, ran):
    write(FIRST)
    runner().run()
    write(SECOND)
    done = []
    runner().run(done=done.append)
    assert [each.name for each in done] == [SECOND]
    assert ran() == [FIRST, SECOND]


def test_one_that_fails_stops_the_others_and_those_before_stay_recorded(write, runner, ran):
    write(FIRST)
    write(SECOND, 'raise ValueError("the data is odd\\nvery odd")')
    write(THIRD)
    with pytest.raises(MigrationFailed) as failure:
        runner().run()
    assert str(failure.value) == "0002_second failed and nothing after it was run: ValueError in 0002_second.py, line 5"
    assert states(runner()) == {FIRST: State.DONE, SECOND: State.PENDING, THIRD: State.PENDING}
    write(SECOND)
    runner().run()
    assert ran() == [FIRST, SECOND, THIRD]


def test_one_whose_text_changed_is_reported_and_not_run_again(write, runner, ran):
    write(FIRST)
    runner().run()
    write(FIRST, "changed = True")
    assert states(runner()) == {FIRST: State.CHANGED}
    runner().run()
    assert ran() == [FIRST]


def test_one_whose_file_is_gone_is_reported(write, runner, folder):
    write(FIRST)
    runner().run()
    (folder / f"{FIRST}.py").unlink()
    assert states(runner()) == {FIRST: State.GONE}


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (["1_first"], "1_first.py is not named like"),
        (["0001_First"], "0001_First.py is not named like"),
        ([FIRST, "0001_other"], "0001_first.py and 0001_other.py have one number"),
    ],
)
def test_a_folder_that_is_out_of_order_is_refused(write, runner, ran, names, complaint):
    for name in names:
        write(name)
    with pytest.raises(MigrationFailed, match=complaint):
        runner().run()
    assert ran() == []


def test_a_file_without_the_function_is_refused(folder, runner):
    (folder / f"{FIRST}.py").write_text('"""Nothing."""\n')
    with pytest.raises(MigrationFailed, match="has no function up"):
        runner().run()


def test_of_many_that_start_together_one_runs_each(write, runner, ran, database):
    for name in (FIRST, SECOND):
        write(name, "import time; time.sleep(0.05)")
    waited = []
    at_once(*[lambda: runner().run(waiting=lambda: waited.append(1))] * 6)
    assert ran() == [FIRST, SECOND]
    assert len(waited) == 5
    assert database.migrations.count_documents({}) == 2


def test_a_runner_that_lost_its_lease_records_nothing_and_stops(write, runner, ran, database):
    steal = 'database.locks.update_one({}, {"$set": {"owner": "another"}})'
    write(FIRST, steal)
    write(SECOND)
    with pytest.raises(MigrationFailed, match="0001_first was not recorded: another process"):
        runner().run()
    assert ran() == [FIRST]
    assert database.migrations.count_documents({}) == 0
    assert database.locks.find_one()["owner"] == "another"


def test_an_expired_lease_is_lost_even_if_no_other_process_wants_it(write, runner, database):
    expire = 'import datetime; database.locks.update_one({}, {"$set": {"expiresAt": datetime.datetime(1970, 1, 1)}})'
    write(FIRST, expire)
    with pytest.raises(MigrationFailed):
        runner().run()
    assert database.migrations.count_documents({}) == 0


def test_the_lease_is_renewed_for_as_long_as_a_migration_takes(write, runner, ran):
    write(FIRST, "import time; time.sleep(1.2)")
    at_once(*[runner(lifetime=0.6).run] * 2)
    assert ran() == [FIRST]


def test_a_start_on_an_empty_database_runs_them(write, runner, ran):
    write(FIRST)
    runner().settle()
    assert ran() == [FIRST]


def test_a_start_where_there_are_users_only_says_that_they_are_pending(write, runner, ran, api, caplog):
    api.registered()
    write(FIRST)
    with caplog.at_level("WARNING", "auth_service"):
        runner().settle()
    assert "migrations are pending, run `.venv/bin/python -m auth_service migrate`: 0001_first" in caplog.text
    assert ran() == []


def test_a_start_does_not_fail_for_a_migration_that_does(write, runner, caplog):
    write(FIRST, "raise ValueError")
    runner().settle()
    assert "0001_first failed" in caplog.text
