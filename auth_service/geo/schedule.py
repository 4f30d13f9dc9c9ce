"""Keeps the file new in the background: one thread a worker, of which the file lock lets one at a time do anything.

Nobody waits for this thread: it keeps no process alive, and what it does ends with the process.
"""

import atexit
import logging
import math
import threading
import time
from typing import TYPE_CHECKING

from auth_service.geo.failures import UpdateFailed, UpdateRunning
from auth_service.geo.reader import CityReader
from auth_service.geo.state import LONGEST_PAUSE

if TYPE_CHECKING:
    from auth_service.geo.updates import Updates


log = logging.getLogger(__name__)

TICK = 0.5  # seconds: how soon an idle worker notices another file and lets go of the old one
INTERVAL = 30.0  # seconds: how soon a file that went missing, or a clock that was set, is noticed
BUSY = 1.0  # seconds until the next look while another process updates
GOODBYE = 2.0  # seconds


class Schedule:
    """Without `updates` the file is only watched; without a `reader` there is nothing to do but to say so."""

    def __init__(self, *, updates: "Updates | None", reader: CityReader | None, interval: float = INTERVAL) -> None:
        self._updates = updates
        self._reader = reader
        self._interval = interval
        self._failures = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once, in the worker: a thread does not survive a fork."""
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
        """End; a download that runs is cut and leaves nothing behind."""
        self._over.set()
        if self._updates:
            self._updates.stop()
        if self._thread:
            self._thread.join(GOODBYE)

    def _work(self) -> None:
        pause = 0.0
        while not self._over.is_set():
            began = time.monotonic()
            if pause <= 0:
                pause = self._look()
            self._refresh()
            self._over.wait(TICK)
            pause -= time.monotonic() - began

    def _look(self) -> float:
        """Do what is due; in how many seconds to look again."""
        if self._updates is None:
            return math.inf
        try:
            outcome = None if self._updates.due_in() else self._updates.run_if_due()
        except UpdateRunning:
            return BUSY
        except UpdateFailed as failure:
            return self._failed(str(failure))
        except Exception as error:  # a fault of ours: it must not end the thread, nor may its text be shown
            return self._failed(type(error).__name__)
        if outcome:
            log.info("the geo database is %s of %s", outcome.file.type, f"{outcome.file.built:%Y-%m-%d}")
            self._failures = 0
        return self._interval

    def _failed(self, reason: str) -> float:
        if not self._over.is_set():
            log.warning("the geo database was not updated: %s", reason)
        self._failures += 1
        return min(self._interval * 2.0 ** min(self._failures, 20), LONGEST_PAUSE.total_seconds())

    def _refresh(self) -> None:
        if self._reader:
            self._reader.refresh()
