"""Keeps password hashing from taking a whole worker: few at work, some waiting, the rest refused at once.

A hash costs a quarter of a second of a core. While logins pour in, the last threads of a worker must stay free for the
people who are logged in already.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from auth_service.errors import LoginBusy
from auth_service.monitoring.metrics import Metrics, NullMetrics

KEPT_FREE = 2  # threads of a worker that no login ever waits in


class HashingQueue:
    """At most `concurrency` hashes at once; others wait up to `wait` seconds, in at most `threads` - 2 threads."""

    def __init__(self, *, concurrency: int, wait: float, threads: int, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or NullMetrics()
        self._slots = threading.Semaphore(concurrency)
        self._wait = wait
        self._places = threading.Semaphore(max(concurrency, threads - KEPT_FREE))

    def require_place(self) -> None:
        """Return when there is a thread to wait in now, so that who would be refused is refused before any work.

        Raises:
            LoginBusy: there is none.
        """
        if not self._places.acquire(blocking=False):
            raise LoginBusy
        self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold one of the slots.

        Raises:
            LoginBusy: there is no thread to wait in, or the wait was in vain.
        """
        if not self._places.acquire(blocking=False):
            self._metrics.hash_refused()
            raise LoginBusy
        try:
            self._await_slot()
            self._metrics.hashes_running(1)
            try:
                yield
            finally:
                self._metrics.hashes_running(-1)
                self._slots.release()
        finally:
            self._places.release()

    def _await_slot(self) -> None:
        self._metrics.hashes_waiting(1)
        try:
            if not self._slots.acquire(timeout=self._wait):
                self._metrics.hash_refused()
                raise LoginBusy
        finally:
            self._metrics.hashes_waiting(-1)
