"""Reads the file, always the present one: a file that was swapped in is used from the next lookup on.

The old one is closed by nobody in particular: it goes when the last lookup in it has returned. To close it would take
it away from a lookup that has just begun.
"""

import logging
import os
import threading
from pathlib import Path

import geoip2.database
from geoip2.models import City
from maxminddb import InvalidDatabaseError

from auth_service.geo.description import is_city
from auth_service.geo.mmdb import open_cities

log = logging.getLogger(__name__)

Signature = tuple[int, int, int, int]


class CityReader:
    """The city database at `path`, which may come later, or never."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Signature | None = None
        self._reader: geoip2.database.Reader | None = None
        self._reopening = threading.Lock()
        self.refresh()

    def find(self, ip: str) -> City | None:
        """What the present file knows of an address; `None` when that is nothing."""
        self.refresh()
        reader = self._reader
        if reader is None:
            return None
        try:
            return reader.city(ip)
        except Exception:  # the address is unknown, or the file is damaged there
            return None

    def refresh(self) -> None:
        """Open the file anew if it is another than before; of several threads one does, and nobody waits for it."""
        if self._signature() in (None, self._seen) or not self._reopening.acquire(blocking=False):
            return
        try:
            self._reopen()
        finally:
            self._reopening.release()

    def _reopen(self) -> None:
        """Open what is there. A file that cannot serve leaves the old one in use, and is looked at once."""
        before = self._signature()
        try:
            reader = open_cities(self._path)
            if not is_city(reader.metadata().database_type):
                raise InvalidDatabaseError("it is no city database")
            self._reader = reader
        except FileNotFoundError:
            return
        except Exception as error:  # whatever a damaged file raises
            log.error("GEO_DB_FILE_PATH cannot be read: %s", error)
        self._seen = before

    def _signature(self) -> Signature | None:
        """What tells one file from another that takes its place; `None` when there is none."""
        try:
            found = os.stat(self._path)
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
