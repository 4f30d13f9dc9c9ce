"""What came is looked at before anybody uses it; whatever is wrong with it, the old file stays and nothing else does"""

import gzip
import io
import random
import tarfile
from datetime import timedelta

import pytest

from auth_service.geo.failures import UpdateFailed
from tests.support.geo.files import MAXMINDS_OWN
from tests.support.geo.server import GeoServer, edition, gzipped, mmdb, tar_gz


def link(name, target, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def sparse():
    """A GNU sparse file, which claims to be a gigabyte of zeros."""
    info = tarfile.TarInfo("x/city.mmdb")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 0
    return info


def bomb():
    """64 MiB of zeros, packed into a few hundred KiB, as a member that is not even the mmdb."""

    class Zeros(io.RawIOBase):
        def read(self, size=-1):
            return bytes(size)

    file = io.BytesIO()
    with gzip.open(file, "wb", 1) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        info = tarfile.TarInfo("x/README.txt")
        info.size = 64 << 20
        archive.addfile(info, Zeros())
        archive.addfile(tarfile.TarInfo("x/city.mmdb"))
    return file.getvalue()


def noise(size=3000):
    return random.Random(1).randbytes(size)


def broken_in_the_middle(data):
    """A database whose description is whole and whose tree is noise."""
    return noise(len(data) // 2) + data[len(data) // 2 :]


BAD = {
    "a page": lambda data: b"<html>Welcome to the hotel</html>",
    "nothing": lambda data: b"",
    "noise": lambda data: noise(),
    "a packed page": lambda data: gzipped(b"<html></html>" * 100),
    "an archive that is cut off": lambda data: edition(data)[:-200],
    "an archive with a wrong gzip checksum": lambda data: edition(data)[:-8] + b"\0" * 8,
    "an archive that is noise inside": lambda data: gzipped(noise()),
    "an mmdb that is cut off": lambda data: data[: len(data) // 2],
    "a packed mmdb that is cut off": lambda data: gzipped(data)[:-20],
    "a packed archive once more": lambda data: gzipped(edition(data)),
    "no mmdb": lambda data: tar_gz(("x/README.txt", b"")),
    "an empty mmdb": lambda data: tar_gz(("x/city.mmdb", b"")),
    "a second mmdb": lambda data: tar_gz(("x/city.mmdb", data), ("x/other.mmdb", data)),
    "a name above": lambda data: tar_gz(("../city.mmdb", data)),
    "a name above further down": lambda data: tar_gz(("x/../../city.mmdb", data)),
    "another name above": lambda data: tar_gz(("x/city.mmdb", data), ("../evil.txt", b"")),
    "an absolute name": lambda data: tar_gz(("/tmp/city.mmdb", data)),
    "a name of Windows": lambda data: tar_gz(("C:\\city.mmdb", data)),
    "a symbolic link": lambda data: tar_gz(link("x/city.mmdb", "/etc/passwd", tarfile.SYMTYPE)),
    "a hard link": lambda data: tar_gz(("x/a", data), link("x/city.mmdb", "x/a", tarfile.LNKTYPE)),
    "a device": lambda data: tar_gz(("x/city.mmdb", data), link("x/zero", "", tarfile.CHRTYPE)),
    "a pipe": lambda data: tar_gz(("x/city.mmdb", data), link("x/pipe", "", tarfile.FIFOTYPE)),
    "a sparse file": lambda data: tar_gz(sparse()),
    "a thousand things": lambda data: tar_gz(*((f"x/{number}", b"") for number in range(1000))),
    "a bomb": lambda data: bomb(),
    "a country database": lambda data: mmdb(kind="GeoLite2-Country"),
    "no type at all": lambda data: mmdb(kind=""),
    "noise in the tree": broken_in_the_middle,
}


@pytest.fixture
def old(folder, now):
    now.advance(days=-8)
    data = mmdb("Rome", built=now())
    now.advance(days=8)
    folder.put(data)
    return data


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_what_is_wrong_leaves_the_old_file_and_nothing_beside_it(updates, folder, old, city_data, make):
    with GeoServer(make(city_data), checksum=None) as mirror, pytest.raises(UpdateFailed) as refusal:
        updates(None, url=f"{mirror.url}/city").run()
    assert "\n" not in str(refusal.value)
    assert folder.path.read_bytes() == old
    assert folder.is_tidy


def test_a_bomb_is_not_unpacked(updates, folder, old, monkeypatch):
    monkeypatch.setattr("auth_service.geo.archive.LARGEST_DATABASE", 1 << 20)
    with (
        GeoServer(gzipped(b"\0" * (20 << 20)), checksum=None) as mirror,
        pytest.raises(UpdateFailed, match="unpacks to more than it may"),
    ):
        updates(None, url=f"{mirror.url}/city").run()
    assert folder.is_tidy


@pytest.mark.parametrize("kind", ["GeoLite2-City", "GeoIP2-City", "DBIP-City-Lite"])
def test_city_databases_of_these_makers_are_taken(updates, folder, old, kind):
    with GeoServer(gzipped(mmdb(kind=kind))) as mirror:
        assert updates(None, url=f"{mirror.url}/city").run().file.database_type == kind


def test_maxminds_own_test_database_is_taken_when_it_takes_no_younger_ones_place(updates, folder):
    data = MAXMINDS_OWN.read_bytes()
    with GeoServer(gzipped(data)) as mirror:
        assert updates(None, url=f"{mirror.url}/city").run().file.database_type == "GeoIP2-City"


@pytest.mark.parametrize(("days", "complaint"), [(1, "in the future"), (-9, "before what is there")])
def test_a_build_date_in_the_future_or_before_the_old_ones_is_refused(updates, folder, old, now, days, complaint):
    with GeoServer(mmdb(built=now() + timedelta(days=days))) as mirror, pytest.raises(UpdateFailed, match=complaint):
        updates(None, url=f"{mirror.url}/city").run()
    assert folder.path.read_bytes() == old


def test_the_same_build_is_taken_again(updates, folder, old):
    with GeoServer(old) as mirror:
        assert updates(None, url=f"{mirror.url}/city").run().changed


@pytest.mark.parametrize("present", [b"", b"no database"])
def test_a_file_that_cannot_be_read_is_replaced(updates, folder, server, present):
    folder.put(present)
    assert updates(server).run().changed
    assert folder.file.database_type == "GeoLite2-City"


def test_what_a_killed_process_left_is_removed(updates, folder, server):
    folder.put(b"")
    for name in ("city.mmdb.download", "city.mmdb.candidate", "city.mmdb.json.new"):
        (folder.path.parent / name).write_bytes(b"left")
    assert updates(server).run().changed
    assert folder.is_tidy


def test_a_wrong_tree_is_found_by_looking_things_up(updates, folder, city_data):
    with (
        GeoServer(broken_in_the_middle(city_data), checksum=None) as mirror,
        pytest.raises(UpdateFailed, match="lookup"),
    ):
        updates(None, url=f"{mirror.url}/city").run()
