"""Updates the file in the background: each worker has a thread for it, and a file lock admits one at a time.

It is a daemon thread: it keeps no process alive, and a download ends with the process.
"""

import atexit
import logging
import math
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from auth_service.geo.failures import UpdateFailed, UpdateRunning
from auth_service.geo.reader import CityReader
from auth_service.geo.retries import pause_after

if TYPE_CHECKING:
    from auth_service.geo.updates import Updates


log = logging.getLogger(__name__)

TICK = 0.5  # seconds within which an idle worker notices a new file and frees the old one
INTERVAL = 30.0  # seconds within which a missing file, or a clock that was set, is noticed
BUSY = 1.0  # seconds until the next check while another process updates
STOP_WAIT = 2.0  # seconds


class Schedule:
    """Runs the `updates` that are due, and lets the `reader` notice a new file. `interval` is in seconds."""

    def __init__(self, *, updates: "Updates | None", reader: CityReader | None, interval: float = INTERVAL) -> None:
        self._updates = updates
        self._reader = reader
        self._interval = interval
        self._failures = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once, in the worker: a thread does not survive a fork. Without a reader there is none."""
        if self._thread:
            return
        if self._updates is None:
            log.info("neither MAXMIND_LICENSE_KEY nor GEO_DOWNLOAD_URL is set: no geo database is fetched")
        if self._reader is None:
            return
        self._thread = threading.Thread(target=self._work, name="geo", daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Stop the thread. A download under way is cut and its files are removed."""
        self._over.set()
        if self._updates:
            self._updates.stop()
        if self._thread:
            self._thread.join(STOP_WAIT)

    def _work(self) -> None:
        pause = 0.0
        while not self._over.is_set():
            began = time.monotonic()
            if pause <= 0:
                pause = self._check()
            self._refresh()
            self._over.wait(TICK)
            pause -= time.monotonic() - began

    def _check(self) -> float:
        """Run the update that is due, if any; return the seconds until the next check."""
        if self._updates is None:
            return math.inf
        try:
            outcome = None if self._updates.due_in() else self._updates.run_if_due()
        except UpdateRunning:
            return BUSY
        except UpdateFailed as failure:
            return self._failed(str(failure))
        except Exception as error:  # a defect: it must not end the thread, and its text may hold the key
            return self._failed(type(error).__name__)
        if outcome:
            log.info("the geo database is %s of %s", outcome.file.database_type, f"{outcome.file.built:%Y-%m-%d}")
            self._failures = 0
        return self._interval

    def _failed(self, reason: str) -> float:
        if not self._over.is_set():
            log.warning("the geo database was not updated: %s", reason)
        self._failures += 1
        return pause_after(self._failures, first=timedelta(seconds=self._interval)).total_seconds()

    def _refresh(self) -> None:
        if self._reader:
            self._reader.refresh()
