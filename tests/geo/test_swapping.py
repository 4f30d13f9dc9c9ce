"""Swapping the file in under those who read it"""

import json
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import geoip2.database
import pytest

from auth_service.geo.reader import CityReader
from auth_service.geo.schedule import Schedule
from auth_service.geo.store import Store
from tests.support.geo.server import ADDRESS, mmdb, place
from tests.support.server import ROOT, wait_until

SWAPS = 100


def city(name, country):
    return mmdb(known={"81.2.69.0/24": place(name, country)})


@pytest.fixture(scope="module")
def cities():
    return {name: city(name, country) for name, country in (("Berlin", "DE"), ("Rome", "IT"), ("Oslo", "NO"))}


@pytest.fixture
def swap(folder, cities):
    """Swaps a city's database in as an update does."""
    store = Store(folder.path)

    def run(name):
        with store.locked():
            store.candidate_path.write_bytes(cities[name])
            store.install()

    return run


@pytest.fixture
def workers(folder, swap):
    """Two processes with eight reading threads each; `end` returns what they report."""
    with ExitStack() as stack:
        swap("Berlin")
        command = [sys.executable, "-m", "tests.geo.reading", str(folder.path)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        running = [stack.enter_context(subprocess.Popen(command, cwd=ROOT, **pipes)) for _ in range(2)]
        assert [worker.stdout.readline() for worker in running] == ["ready\n"] * 2
        yield lambda: [json.loads(worker.communicate(timeout=60)[0]) for worker in running]
        for worker in running:
            worker.kill()


def test_sixteen_threads_in_two_workers_lose_no_lookup_in_a_hundred_swaps(workers, swap):
    for number in range(SWAPS):
        swap("Rome" if number % 2 else "Berlin")
    swap("Oslo")
    for report in workers():
        assert report["errors"] == []
        assert {answer for mine in report["seen"] for answer in mine} <= {"Berlin DE", "Rome IT", "Oslo NO"}
        assert report["last"] == "Oslo NO"
        assert report["leaked"] <= 0
        assert not [line for line in report["maps"] if "(deleted)" in line]


def test_an_idle_worker_lets_go_of_the_old_file_within_a_second(folder, swap):
    swap("Berlin")
    schedule = Schedule(updates=None, reader=CityReader(folder.path))
    schedule.start()
    try:
        inode = os.stat(folder.path).st_ino
        assert f" {inode} " in Path("/proc/self/maps").read_text()
        swap("Rome")
        wait_until(lambda: f" {inode} " not in Path("/proc/self/maps").read_text(), 5)
    finally:
        schedule.stop()


def test_a_file_that_comes_later_is_used(folder, swap):
    reader = CityReader(folder.path)
    assert reader.find(ADDRESS) is None
    swap("Rome")
    assert reader.find(ADDRESS).city.name == "Rome"


def test_a_file_that_goes_away_or_cannot_serve_leaves_the_old_one_in_use(folder, swap, caplog):
    swap("Berlin")
    reader = CityReader(folder.path)
    folder.path.unlink()
    assert reader.find(ADDRESS).city.name == "Berlin"
    for useless in (b"no database", mmdb(kind="GeoLite2-Country")):
        (folder.path.parent / "other").write_bytes(useless)
        os.replace(folder.path.parent / "other", folder.path)
        assert [reader.find(ADDRESS).city.name for _ in range(3)] == ["Berlin"] * 3
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
    swap("Rome")
    assert reader.find(ADDRESS).city.name == "Rome"


def test_many_lookups_open_the_file_once(folder, swap, monkeypatch):
    swap("Berlin")
    opened, opens = [], geoip2.database.Reader
    monkeypatch.setattr(geoip2.database, "Reader", lambda path, **mode: opened.append(path) or opens(path, **mode))
    reader = CityReader(folder.path)
    assert {reader.find(ADDRESS).city.name for _ in range(50)} == {"Berlin"}
    assert opened == [folder.path]


def test_one_thread_opens_a_new_file_and_the_others_do_not_wait(folder, swap):
    swap("Berlin")
    reader = CityReader(folder.path)
    swap("Rome")
    with reader._reopening:
        answers = []
        thread = threading.Thread(target=lambda: answers.append(reader.find(ADDRESS).city.name))
        thread.start()
        thread.join(5)
    assert answers == ["Berlin"]
    assert reader.find(ADDRESS).city.name == "Rome"
