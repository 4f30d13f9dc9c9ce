"""Looks addresses up in the current city database: a file that replaces it is used from the next lookup on.

The old reader is never closed. It is freed after the last lookup in it; closing it would break one under way.
"""

import logging
import os
import threading
from pathlib import Path

import geoip2.database
from geoip2.models import City
from maxminddb import InvalidDatabaseError

from auth_service.database.faults import explain
from auth_service.geo.description import is_city
from auth_service.geo.mmdb import open_cities

log = logging.getLogger(__name__)

Signature = tuple[int, int, int, int]


class CityReader:
    """The city database at `path`, which may appear later, or never."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: Signature | None = None
        self._reader: geoip2.database.Reader | None = None
        self._reopening = threading.Lock()
        self.refresh()

    def find(self, ip: str) -> City | None:
        """The record of `ip` in the current file; `None` when there is none."""
        self.refresh()
        reader = self._reader
        if reader is None:
            return None
        try:
            return reader.city(ip)
        except Exception:  # the address is unknown, or the file is damaged there
            return None

    def refresh(self) -> None:
        """Open the file again if it was replaced. One thread does so; the others use the old one meanwhile."""
        if self._signature() in (None, self._opened) or not self._reopening.acquire(blocking=False):
            return
        try:
            self._reopen()
        finally:
            self._reopening.release()

    def _reopen(self) -> None:
        """Open the file. One that is unreadable or holds no cities leaves the old one in use, and is opened once."""
        before = self._signature()
        try:
            reader = open_cities(self._path)
            if not is_city(reader.metadata().database_type):
                raise InvalidDatabaseError("it is no city database")
            self._reader = reader
        except FileNotFoundError:
            return
        except Exception as error:  # whatever a damaged file raises
            log.error("GEO_DB_FILE_PATH cannot be read: %s", explain(error))
        self._opened = before

    def _signature(self) -> Signature | None:
        """Differs between a file and its replacement; `None` when there is no file."""
        try:
            found = os.stat(self._path)
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
