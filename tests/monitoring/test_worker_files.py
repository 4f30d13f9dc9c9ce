"""Where workers count together: places, and a folder that is private and does not outlive its use."""

import os
import signal
import subprocess
import sys

import pytest
from prometheus_client.registry import Collector

from auth_service.monitoring import exposition, worker_files
from tests.support.server import ROOT

MASTER = """
from auth_service.monitoring import worker_files
print(worker_files.open_folder(), flush=True)
input()
worker_files.remove_folder()
"""
WORKER = """
import sys
from auth_service.monitoring import worker_files
place, amount, gauge = (int(each) for each in sys.argv[1:])
worker_files.count_in(place)
from prometheus_client import CollectorRegistry
from auth_service.monitoring.prometheus import PrometheusMetrics
metrics = PrometheusMetrics(CollectorRegistry())
metrics.audit_events_lost(amount)
metrics.hashes_running(gauge)
metrics.database_ready(True)
"""


@pytest.fixture
def environ(tmp_path):
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}


@pytest.fixture
def master(environ):
    """Starts a process that has a folder until it reads a line."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", MASTER], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("taken", "place"), [([], 0), ([0], 1), ([1], 0), ([0, 2], 1), ([2, 1, 0], 3)])
def test_a_worker_takes_the_lowest_free_place(taken, place):
    assert worker_files.free_place(taken) == place


def test_the_folder_is_private_and_gone_in_the_end(master):
    process, folder = master()
    assert os.stat(folder).st_mode & 0o777 == 0o700
    process.communicate("\n")
    assert not os.path.exists(folder)


def test_the_folder_of_a_killed_master_goes_at_the_next_start_and_one_in_use_stays(master, tmp_path):
    killed, left = master()
    _, used = master()
    (tmp_path / "auth_service_metrics_of_somebody_else").mkdir()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert os.path.exists(left)
    master()
    assert not os.path.exists(left)
    assert os.path.exists(used)
    assert (tmp_path / "auth_service_metrics_of_somebody_else").exists()


def test_a_successor_goes_on_from_the_figures_of_its_place(environ, tmp_path, monkeypatch):
    def work(place, amount, gauge):
        variables = {**environ, worker_files.VARIABLE: str(tmp_path)}
        subprocess.run([sys.executable, "-c", WORKER, *map(str, (place, amount, gauge))], env=variables, check=True)

    def figures():
        text = exposition.Exposition(counted=None, on_demand=Nothing()).text().decode()
        pairs = (line.split() for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs if "{" not in name}

    monkeypatch.setattr(worker_files, "_folder", tmp_path)
    work(0, 3, 1)
    work(1, 4, 2)
    assert figures()["auth_service_audit_write_failures_total"] == 7
    assert figures()["auth_service_password_hashes_running"] == 3
    worker_files.leave(0)
    assert figures()["auth_service_password_hashes_running"] == 2, "what a dead worker was doing is forgotten"
    work(0, 10, 5)
    assert figures()["auth_service_audit_write_failures_total"] == 17
    assert figures()["auth_service_password_hashes_running"] == 7
    assert figures()["auth_service_database_ready"] == 1
    assert len(list(tmp_path.glob("counter_*.db"))) == 2


class Nothing(Collector):
    """Collects nothing."""

    def collect(self):
        return []
