"""Opens an mmdb so that nothing in the file can end the process: in pure Python.

The C reader follows a damaged pointer out of the file.
"""

from pathlib import Path

import geoip2.database
import maxminddb


def open_cities(path: Path) -> geoip2.database.Reader:
    """A reader of models; a damaged file may raise any exception, here and at every lookup."""
    return geoip2.database.Reader(path, mode=maxminddb.MODE_MMAP)


def open_records(path: Path) -> maxminddb.Reader:
    """A reader of plain records; likewise."""
    return maxminddb.open_database(path, maxminddb.MODE_MMAP)
