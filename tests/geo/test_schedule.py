"""When the file is fetched: at once where it is missing, then by its age; once a machine; patiently where it fails"""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from auth_service.geo import state
from auth_service.geo.failures import UpdateFailed, UpdateRunning, requested_pause
from auth_service.geo.reader import CityReader
from auth_service.geo.schedule import Schedule
from auth_service.geo.state import State
from auth_service.geo.store import Store
from auth_service.geo.updates import JITTER
from tests.support.geo.server import ADDRESS, KEY, TUESDAY
from tests.support.server import ROOT, wait_until

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
WEEK = timedelta(days=7)


@pytest.fixture
def started(folder):
    """Starts the schedules of workers, as many as there are updates given, and ends them."""
    running = []

    def start(*updates):
        for each in updates:
            running.append(Schedule(updates=each, reader=CityReader(folder.path), interval=0.05))
            running[-1].start()
        return running

    yield start
    for schedule in running:
        schedule.stop()


# when a check is due


def due(kept, *, missing=False):
    return kept.due(NOON, max_age=WEEK, missing=missing) - NOON


def test_it_is_due_at_once_where_the_file_is_missing_or_was_never_checked():
    assert due(State(checked_at=NOON), missing=True) == timedelta(0)
    assert due(State()) == timedelta(0)


def test_else_when_the_last_successful_check_is_too_old():
    assert due(State(checked_at=NOON - timedelta(days=2))) == timedelta(days=5)
    assert due(State(checked_at=NOON - timedelta(days=8))) == timedelta(0)


def test_a_check_in_the_future_counts_as_one_of_now():
    assert due(State(checked_at=NOON + timedelta(days=900))) == WEEK


def test_the_pause_after_failures_doubles_and_has_an_end():
    kept, pauses = State(), []
    for _ in range(14):
        kept = kept.failed(NOON, UpdateFailed("why"))
        pauses.append(due(kept, missing=True))
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[-1] == timedelta(hours=12)


def test_success_ends_the_pause():
    failed = State().failed(NOON, UpdateFailed("why", retry_after=timedelta(hours=3)))
    assert due(failed, missing=True) == timedelta(hours=3)
    assert due(failed.checked(NOON, built=NOON, last_modified=None), missing=True) == timedelta(0)


def test_a_few_downloads_a_day_are_all_there_are():
    kept = State()
    for hour in range(4):
        assert due(kept, missing=True) == timedelta(0)
        kept = kept.downloading(NOON - timedelta(hours=4 - hour))
    assert due(kept, missing=True) == timedelta(hours=20)


def test_another_source_or_other_credentials_begin_anew_but_for_the_downloads(updates, server):
    one, other = updates(server).source, updates(server, key="another").source
    kept = State().of(one).downloading(NOON).failed(NOON, UpdateFailed("why"))
    assert kept.of(one) is kept
    assert (kept.of(other).failures, kept.of(other).downloads) == (0, (NOON,))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("9" * 30, 7 * 86400), ("-5", None), ("soon", None), ("", None), (None, None),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60), ("Tue, 24 Nov 2020 12:01:00 GMT", 0),
        ("Tue, 24 Nov 2099 12:01:00 GMT", 7 * 86400),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_at_most_a_week(header, seconds):
    pause = requested_pause(header, now=NOON)
    assert pause == (None if seconds is None else timedelta(seconds=seconds))


# what is remembered


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"checked_at": 5}', "[" * 10_000, "\0"])
def test_a_memory_that_cannot_be_read_is_empty(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert state.read(tmp_path / "x.json") == State()


@pytest.mark.parametrize(
    "change", [{"failures": "many"}, {"checked_at": "2026-11-24T12:00:00"}, {"downloads": 5}, {"new": 1}]
)
def test_nor_is_one_believed_that_was_written_by_others(updates, server, folder, change):
    updates(server).run()
    path = folder.path.parent / "city.mmdb.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert state.read(path) == State()


def test_the_memory_is_kept_whole_and_holds_no_key(updates, server, folder, now):
    updates(server).run()
    server.status = 500
    with pytest.raises(UpdateFailed):
        updates(server).run(force=True)
    text = (folder.path.parent / "city.mmdb.json").read_text()
    assert KEY not in text
    kept = state.read(folder.path.parent / "city.mmdb.json")
    assert (kept.checked_at, kept.failures, kept.downloads) == (now(), 1, (now(), now()))
    assert json.loads(text)["source"] == "MaxMind GeoLite2-City"


def test_a_429_is_obeyed_also_by_who_asks_by_hand_unless_forced(updates, server, now):
    server.status, server.headers = 429, {"Retry-After": "7200"}
    with pytest.raises(UpdateFailed, match="429"):
        updates(server).run()
    requests = len(server.seen)
    assert updates(server).due_in() == timedelta(hours=2)
    with pytest.raises(UpdateFailed, match="left alone until"):
        updates(server).run()
    assert len(server.seen) == requests
    server.status = 200
    assert updates(server).run(force=True).changed


# one at a time


def test_of_two_processes_one_updates(folder, updates, server):
    with Store(folder.path).locked(), pytest.raises(UpdateRunning):
        updates(server).run()
    assert server.seen == []
    assert updates(server).run().changed


def test_a_killed_process_keeps_no_lock(folder):
    code = f"""
from pathlib import Path; from auth_service.geo.store import Store
with Store(Path({str(folder.path)!r})).locked():
    print("locked", flush=True); input()
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(UpdateRunning), Store(folder.path).locked():
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with Store(folder.path).locked():
            pass


# in the background


def test_a_missing_file_is_fetched_at_once_and_by_one_of_many_workers(started, updates, server, folder):
    schedules = started(*(updates(server) for _ in range(6)))
    wait_until(lambda: folder.file, 10)
    wait_until(lambda: all(schedule._reader.find(ADDRESS) for schedule in schedules), 5)
    assert len(server.downloads) == 1
    wait_until(lambda: folder.is_tidy, 5)


def test_it_is_checked_again_when_it_is_old_and_not_before(started, updates, server, folder, now):
    started(updates(server))
    wait_until(lambda: updates(server).state.checked_at, 10)
    now.advance(seconds=WEEK.total_seconds() * (1 - JITTER) - 60)
    assert updates(server).due_in() > timedelta(0)
    server.last_modified = TUESDAY
    now.advance(seconds=WEEK.total_seconds() * JITTER + 60)
    wait_until(lambda: len(server.downloads) == 2, 10)


def test_a_start_with_a_file_that_was_checked_lately_asks_nobody(started, updates, server, now):
    updates(server).run()
    server.seen.clear()
    now.advance(days=5)
    started(updates(server), updates(server))[0]._over.wait(0.5)
    assert server.seen == []


def test_a_failure_is_one_line_and_is_tried_again_later(started, updates, server, folder, now, log):
    server.status = 500
    started(updates(server))
    wait_until(lambda: updates(server).state.failures == 1, 10)
    server.status = 200
    now.advance(minutes=1)
    wait_until(lambda: folder.file, 10)
    lines = [record.getMessage() for record in log.records if record.levelname == "WARNING"]
    assert lines == ["the geo database was not updated: MaxMind GeoLite2-City answered 500"]


def test_without_a_source_there_is_one_line_and_no_thread(caplog):
    caplog.set_level("INFO", "auth_service")
    schedule = Schedule(updates=None, reader=None)
    schedule.start()
    assert [record.getMessage() for record in caplog.records] == [
        "neither MAXMIND_LICENSE_KEY nor GEO_DOWNLOAD_URL is set: no geo database is fetched"
    ]
    assert schedule._thread is None
    schedule.stop()


def test_ending_cuts_a_download_and_leaves_nothing(started, updates, server, folder):
    server.drip = True
    (schedule,) = started(updates(server, limits=None))
    wait_until(lambda: (folder.path.parent / "city.mmdb.download").exists(), 10)
    schedule.stop()
    assert not schedule._thread.is_alive()
    assert folder.is_tidy
