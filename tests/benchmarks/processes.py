"""What the operating system tells of processes: their memory, their processor time, whether they answer."""

import os
import time
from pathlib import Path

import requests

GLANCE = 0.1  # seconds
LONGEST_REST = 5  # seconds


def settle(pids):
    """Wait until the processes rest: what one sample left behind must not count for the next."""
    deadline = time.monotonic() + LONGEST_REST
    used = processor_seconds(pids)
    while time.monotonic() < deadline:
        time.sleep(GLANCE)
        before, used = used, processor_seconds(pids)
        if used - before <= GLANCE / 5:
            return


def answers_at_all(url):
    """Whether something answers; an unknown caller's refusal will do."""
    try:
        return requests.get(url, timeout=5, headers={"Accept": "application/json"}).status_code < 500
    except requests.RequestException:
        return False


def is_worker(pid):
    """Not one of the helpers that multiprocessing starts."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path(f"/proc/{pid}").exists() else b""
    return b"resource_tracker" not in command and b"resource_sharer" not in command


def resident(pid):
    """The memory of a process in MiB: resident, and proportional (what it shares, shared out)."""
    rollup = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if ":" in line
    )
    return {name: int(rollup[key].split()[0]) / 1024 for name, key in (("rss", "Rss"), ("pss", "Pss"))}


def processor_seconds(pids):
    """The processor time the processes took so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
