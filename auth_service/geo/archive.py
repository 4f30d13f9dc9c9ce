"""Extracts the mmdb from a download: a tar.gz, an mmdb.gz or the mmdb itself, distinguished by their content.

No name in an archive is used as a path. An archive that holds a name outside of it, a link or a device is rejected.
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from auth_service.geo.failures import UpdateFailed

LARGEST_DATABASE = 512 << 20  # bytes
LARGEST_REST = 8 << 20  # bytes of an archive apart from the mmdb, headers included
MOST_MEMBERS = 100
CHUNK = 1 << 16  # bytes
GZIP_MAGIC = b"\x1f\x8b"
TAR_MAGIC, TAR_MAGIC_AT, TAR_HEADER = b"ustar", 257, 512


class _Bounded:
    """A stream of which at most `budget` bytes can be read; tarfile and `_copy` read from it."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, budget: int) -> None:
        self._stream = stream
        self._beginning = b""
        self.budget = budget

    def peek(self, size: int) -> bytes:
        self._beginning = self._stream.read(size)
        return self._beginning

    def read(self, size: int) -> bytes:
        data, self._beginning = self._beginning[:size], self._beginning[size:]
        data += self._stream.read(size - len(data)) if len(data) < size else b""
        self.budget -= len(data)
        if self.budget < 0:
            raise UpdateFailed("the archive unpacks to more than it may")
        return data


def unpack(downloaded: Path, target: Path) -> None:
    """Write the mmdb in `downloaded` to `target`, which must not exist.

    Raises:
        UpdateFailed: the download is broken, too large, or an archive that is rejected.
    """
    with downloaded.open("rb") as file, target.open("xb") as out, _translated_errors():
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        if not packed:
            _copy(_Bounded(file, LARGEST_DATABASE), out)
            return
        with gzip.open(file) as unzipped:
            stream = _Bounded(unzipped, LARGEST_DATABASE)
            if stream.peek(TAR_HEADER)[TAR_MAGIC_AT:].startswith(TAR_MAGIC):
                _extract(stream, out)
            else:
                _copy(stream, out)


def _extract(stream: _Bounded, out: IO[bytes]) -> None:
    stream.budget = LARGEST_REST
    found = 0
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for count, member in enumerate(archive):
            _require_harmless(member, count)
            if not (member.isreg() and member.name.endswith(".mmdb")):
                continue
            found += 1
            if found > 1 or member.size > LARGEST_DATABASE:
                raise UpdateFailed("the archive holds a second mmdb" if found > 1 else "the mmdb is too large")
            stream.budget += member.size
            _copy(archive.extractfile(member), out)
    while stream.read(CHUNK):  # gzip compares its checksum at the end
        pass
    if not found:
        raise UpdateFailed("the archive holds no mmdb")


def _require_harmless(member: tarfile.TarInfo, count: int) -> None:
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.name:
        raise UpdateFailed("the archive holds a name that leads out of it")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise UpdateFailed("the archive holds a link, a device or another thing that is no file")
    if count >= MOST_MEMBERS:
        raise UpdateFailed("the archive holds too many things")


def _copy(stream: "IO[bytes] | _Bounded | None", out: IO[bytes]) -> None:
    while stream and (chunk := stream.read(CHUNK)):
        out.write(chunk)


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, ValueError, RecursionError) as error:
        raise UpdateFailed(f"the archive is broken or cut off ({type(error).__name__})") from None
