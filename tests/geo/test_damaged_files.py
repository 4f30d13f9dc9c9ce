"""A file that is damaged on the disk costs places, never the process."""

import random
import subprocess
import sys

import pytest

from auth_service.geo.description import describe
from tests.support.geo.files import MAXMINDS_OWN
from tests.support.server import ROOT

FATAL = (12731, 0x3D)  # a changed byte that ends the C reader
LOOKUPS = """
import sys
from pathlib import Path
from auth_service.geo.reader import CityReader
reader = CityReader(Path(sys.argv[1]))
for _ in range(20):
    for ip in ("216.160.83.56", "175.16.199.5", "2001:218::1", "81.2.69.160"):
        reader.find(ip)
print("alive")
"""


def looked_up(path):
    """What a process says that looks addresses up in the file."""
    command = [sys.executable, "-c", LOOKUPS, path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def damaged(tmp_path):
    """Makes a copy of the city database with other bytes at some places."""

    def make(*changes):
        data = bytearray(MAXMINDS_OWN.read_bytes())
        for position, byte in changes:
            data[position] = byte
        (tmp_path / "city.mmdb").write_bytes(data)
        return tmp_path / "city.mmdb"

    return make


def test_one_changed_byte_ends_no_worker(damaged):
    assert looked_up(damaged(FATAL)) == "alive\n"


@pytest.mark.edge
def test_twenty_times_a_hundred_random_bytes_end_no_worker(damaged):
    chance, size = random.Random(7), MAXMINDS_OWN.stat().st_size
    for _ in range(20):
        path = damaged(*((chance.randrange(size), chance.randrange(256)) for _ in range(100)))
        describe(path)
        assert looked_up(path) == "alive\n"
